//! `serve`, and the tokens that let callers in.

use super::args::{Choice, ServeArgs, TokenAction, TokenArgs};
use super::commands::workers;
use super::screen::{print, tell};
use super::{End, Failure, Ways, pretty};
use crate::grpc::{self, Ready, ServeError};
use crate::service::stored::{Refused, Scope, StoreError, TokenRecord, TokenTerms, operator};
use serde_json::json;

pub fn serve(args: &ServeArgs, ways: Ways) -> Result<End, Failure> {
    match served(args, ways) {
        Ok(()) => Ok(End::Fine),
        Err(ServeError::Store(Refused::Store(StoreError::Gone(what)))) => {
            tell(&format!("dyad: the store cannot be reached: {what}\n"));
            Ok(End::Failure)
        }
        Err(error @ (ServeError::InTheClear(_) | ServeError::Listen(..) | ServeError::Store(_))) => {
            tell(&format!("dyad: {error}\n"));
            Ok(End::Refused)
        }
        Err(error) => Err(error.into()),
    }
}

fn served(args: &ServeArgs, ways: Ways) -> Result<(), ServeError> {
    // Before anything is made on the disk.
    grpc::may_listen(args.listen)?;
    let stored = match &args.store {
        Choice::None => None,
        Choice::Store(place) => {
            let key = operator::key(place, args.key.key_file.as_deref()).map_err(Refused::from)?;
            Some(grpc::Stored { place: place.clone(), key })
        }
    };
    let server = grpc::Server {
        listen: args.listen,
        cores: ways.threads,
        workers: workers(),
        limits: grpc::Limits::DEFAULT,
        stored,
    };
    // Said even to those who want quiet: who asked for any port cannot know it otherwise, and a token is told only once.
    grpc::serve(server, |Ready { address, token }| {
        tell(&format!("dyad serves gRPC on {address}\n"));
        if let Some(token) = token {
            tell(&format!("the first token, for everything, shown this once: {token}\n"));
        }
    })
}

pub fn token(args: &TokenArgs, ways: Ways) -> Result<End, Failure> {
    let TokenArgs { store, key, tenant, action } = args;
    let key = operator::key(store, key.key_file.as_deref()).map_err(Refused::from)?;
    match action {
        TokenAction::Create { name, scope, days } => {
            let all = if scope.is_empty() { Scope::ALL } else { scope };
            let scopes = all.iter().copied().collect();
            let terms =
                TokenTerms { tenant: tenant.clone(), name: name.as_str().into(), scopes, days: *days };
            let secret = operator::create_token(store, key, &terms)?;
            let token = secret.reveal();
            print(&if ways.json { pretty(&json!({ "token": token })) } else { format!("{token}\n") })?;
        }
        TokenAction::List => {
            let tokens = operator::tokens(store, key, tenant)?;
            print(&if ways.json {
                pretty(&json!(tokens.iter().map(line).collect::<Vec<_>>()))
            } else {
                text(&tokens)
            })?;
        }
        TokenAction::Revoke { id } => operator::revoke_token(store, key, tenant, id)?,
    }
    Ok(End::Fine)
}

/// Times are milliseconds since 1970.
fn line(token: &TokenRecord) -> serde_json::Value {
    let TokenRecord { tenant, id, name, scopes, hash: _, created, expires, revoked } = token;
    json!({
        "id": id.as_str(),
        "tenant": tenant.as_str(),
        "name": name,
        "scopes": scopes.split(' ').collect::<Vec<_>>(),
        "created": created,
        "expires": expires,
        "revoked": revoked,
    })
}

fn text(tokens: &[TokenRecord]) -> String {
    let state = |token: &TokenRecord| if token.revoked.is_some() { "revoked" } else { "" };
    let line =
        |token: &TokenRecord| format!("{}  {:7}  {}  {}\n", token.id, state(token), token.name, token.scopes);
    tokens.iter().map(line).collect()
}
