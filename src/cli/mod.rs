//! The command line: read, call a use case, show the answer.

pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
