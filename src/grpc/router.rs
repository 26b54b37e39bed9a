//! The services on the port, by path.

use super::limits::Limits;
use super::matching::Matching;
use super::programmes::Programmes;
use super::reason::Reason;
use super::refusal;
use super::wire;
use super::wire::matching_server::MatchingServer;
use super::wire::programmes_server::ProgrammesServer;
use crate::service::stored;
use http::{Request, Response, StatusCode, header};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tower_service::Service;

type Reply = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Where a call goes, as far as its limits are concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A method that searches, or watches a search.
    Long,
    /// Any other method of ours.
    Short,
    /// Health and reflection.
    Standard,
    Unknown,
}

const MATCHING: &str = MatchingServer::<Arc<Matching>>::NAME;
const PROGRAMMES: &str = ProgrammesServer::<Arc<Programmes>>::NAME;
const HEALTH: &str = HealthServer::<HealthService>::NAME;
const REFLECTION: [&str; 2] =
    ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

impl Target {
    pub fn of(path: &str) -> Self {
        match path.strip_prefix('/').and_then(|rest| rest.split_once('/')) {
            Some((MATCHING, "Match" | "MatchStream") | (PROGRAMMES, "WatchRun")) => Self::Long,
            Some((MATCHING | PROGRAMMES, _)) => Self::Short,
            Some((service, _)) if service == HEALTH || REFLECTION.contains(&service) => Self::Standard,
            _ => Self::Unknown,
        }
    }
}

/// A service whose clones share everything.
type Shared = Arc<dyn Fn(Request<Body>) -> Reply + Send + Sync>;

fn shared<S>(service: S) -> Shared
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    Arc::new(move |request| {
        let mut service = service.clone();
        Box::pin(async move { service.call(request).await })
    })
}

/// The services.
#[derive(Clone)]
pub struct Router {
    matching: Shared,
    /// Where there is a store.
    programmes: Option<Shared>,
    health: Shared,
    reflection: [Shared; 2],
}

impl Router {
    pub fn new(
        matching: Matching,
        stored: Option<Arc<stored::Programmes>>,
        limits: &Limits,
        health: HealthReporter,
    ) -> Self {
        let matching = MatchingServer::new(Arc::new(matching))
            .max_decoding_message_size(limits.message_in)
            .max_encoding_message_size(limits.message_out);
        let programmes = stored.map(|stored| {
            ProgrammesServer::new(Arc::new(Programmes::new(stored, *limits)))
                .max_decoding_message_size(limits.message_in)
                .max_encoding_message_size(limits.message_out)
        });
        let described = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(wire::DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let sound = "the descriptors come from the compiler";
        Self {
            matching: shared(matching),
            programmes: programmes.map(shared),
            health: shared(HealthServer::new(HealthService::from_health_reporter(health))),
            reflection: [
                shared(described().build_v1().expect(sound)),
                shared(described().build_v1alpha().expect(sound)),
            ],
        }
    }

    fn find(&self, path: &str) -> Option<&Shared> {
        let (service, _) = path.strip_prefix('/')?.split_once('/')?;
        match service {
            MATCHING => Some(&self.matching),
            PROGRAMMES => self.programmes.as_ref(),
            _ if service == HEALTH => Some(&self.health),
            _ => REFLECTION.iter().position(|name| *name == service).map(|at| &self.reflection[at]),
        }
    }
}

impl Service<Request<Body>> for Router {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Reply;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Reply {
        let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
        match self.find(request.uri().path()) {
            Some(service) if kind.starts_with(b"application/grpc") => service(request),
            // There is no store.
            None if kind.starts_with(b"application/grpc") => {
                let says = "this server keeps no programmes";
                let response = refusal::status(Reason::MethodUnknown, says).into_http();
                Box::pin(std::future::ready(Ok(response)))
            }
            // Not gRPC at all: only HTTP can say so.
            _ => Box::pin(async {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                Ok(response)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn targets_are_told_by_path() {
        for (path, target) in [
            ("/dyad.v1.Matching/Match", Target::Long),
            ("/dyad.v1.Matching/MatchStream", Target::Long),
            ("/dyad.v1.Matching/Check", Target::Short),
            ("/grpc.health.v1.Health/Watch", Target::Standard),
            ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Target::Standard),
            ("/dyad.v1.Matching", Target::Unknown),
            ("/dyad.v1.Programmes/CreateProgramme", Target::Short),
            ("/dyad.v1.Programmes/WatchRun", Target::Long),
            ("/", Target::Unknown),
            ("", Target::Unknown),
        ] {
            assert_eq!(Target::of(path), target, "{path}");
        }
    }
}
