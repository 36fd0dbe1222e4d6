//! The work that the benches measure: one customer created in three ways.
//!
//! | implementation | what it is |
//! |---|---|
//! | [`bvnk::Client`] | the client with its defaults |
//! | [`ByHand`](clients::ByHand) | serde_json, ring and reqwest without layers |
//! | [`Middleware`](clients::Middleware) | the same request, signed by the `hawk` crate, with reqwest-middleware and reqwest-retry |
//!
//! All three are configured alike and call the same server (`server`). How they are
//! measured is in `benches/`, the results are in `docs/performance.md`.

pub mod clients;
mod server;

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;
use std::sync::Arc;

use bvnk::types::CreateCustomerRequest;
use bvnk_auth::{Body, Credentials, HawkLayer};
use futures_util::FutureExt;
use futures_util::future::try_join_all;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use reqwest::Url;
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::{Layer, Service, service_fn};

use clients::{ByHand, Create};

/// The result of setting up or measuring.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The path of the API's customers.
const PATH: &str = "/platform/v1/customers";

/// The Hawk id that every implementation signs with.
const ID: &str = "dh37fgj492je";

/// The Hawk key that every implementation signs with.
pub const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

/// How often the bench `instructions` does what it measures.
pub const ROUNDS: usize = 100;

/// Returns the example request of the contract.
fn example() -> Result<CreateCustomerRequest> {
    const EXAMPLE: &str =
        "/paths/~1platform~1v1~1customers/post/requestBody/content/application~1json/example";
    let contract: Value = serde_json::from_str(include_str!("../../bvnk-simulator/contract.json"))?;
    let example = contract.pointer(EXAMPLE);
    let example = example.ok_or("the contract has no example of a creation")?;
    Ok(bvnk::from_json(example.to_string().as_bytes())?)
}

/// Returns a runtime on one thread. The other core is the server's.
fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_all().build()?)
}

/// What is measured. A bench returns it, so that dropping it is not measured.
pub type Work = Box<dyn FnMut() -> Result<()>>;

/// Starts a server and makes one client of it. Returns a function that makes work: a number of
/// calls, `at_once` of them at a time, with their requests made beforehand.
///
/// # Errors
///
/// When the server or the client cannot be made.
pub fn creations<C: Create>(at_once: usize) -> Result<impl Fn(usize) -> Result<Work>> {
    let runtime = Arc::new(runtime()?);
    let client = Arc::new(C::new(&server::start()?)?);
    Ok(move |calls| -> Result<Work> {
        let (runtime, client) = (Arc::clone(&runtime), Arc::clone(&client));
        let mut requests = vec![vec![example()?; calls / at_once]; at_once];
        Ok(Box::new(move || {
            let callers = requests.drain(..).map(async |requests| {
                for request in requests {
                    client.create(request).await?;
                }
                Ok(())
            });
            runtime.block_on(try_join_all(callers)).map(drop)
        }))
    })
}

/// Returns work that is the same many times.
pub fn repeated<T>(times: usize, work: impl Fn() -> T + 'static) -> Work {
    Box::new(move || {
        (0..times).for_each(|_| drop(black_box(work())));
        Ok(())
    })
}

/// The server whose requests are signed alone, without being sent.
const SIGNED: &str = "https://api.sandbox.bvnk.com";

/// Returns signatures by [`HawkLayer`] of requests that are made beforehand: clock, nonce, MAC and
/// header, and the service's own cost. With a payload of some bytes, that is hashed too.
///
/// # Errors
///
/// When the credentials or the request are refused.
pub fn sign_by_layer(times: usize, payload: Option<usize>) -> Result<Work> {
    let hawk = HawkLayer::new(Credentials::new(ID, KEY)?).payload_hash(payload.is_some());
    let answer = |_: Request<Body>| ready(Ok::<_, Infallible>(Response::new(Body::default())));
    let mut service = hawk.layer(service_fn(answer));
    let url: Url = format!("{SIGNED}{PATH}").parse()?;
    let mut request = Request::post(url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .body(Body::new(vec![b'x'; payload.unwrap_or_default()].into()))?;
    request.extensions_mut().insert(url);
    let mut requests = vec![request; times];
    Ok(Box::new(move || {
        for request in requests.drain(..) {
            black_box(service.call(request).now_or_never());
        }
        Ok(())
    }))
}

/// Returns signatures by [`ByHand`], without a payload.
///
/// # Errors
///
/// When the client cannot be built.
pub fn sign_by_hand(times: usize) -> Result<Work> {
    let by_hand = ByHand::new(SIGNED)?;
    Ok(repeated(times, move || by_hand.sign()))
}
