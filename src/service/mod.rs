//! The use cases, free of any transport: a programme in, a document out.
