//! Carries webhooks to where they go, when they are due by the clock.
//!
//! It must not know what an event says, nor when it is sent again.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use http::{Method, StatusCode};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Shared;
use crate::webhook::Attempt;

/// How long an answer is waited for, in seconds: the vendor documents it.
const PATIENCE: u64 = 10;

/// Carries webhooks for as long as it is polled.
pub(super) async fn run(shared: Arc<Shared>) {
    let clock = &shared.listen.clock;
    let mut news = shared.news.subscribe();
    let mut flying = JoinSet::new();
    loop {
        // Before looking, so that what comes while it looks makes it look again.
        news.borrow_and_update();
        let (due, next) = {
            let mut state = shared.lock();
            let due = state.simulator.due_webhooks(clock.now());
            (due, state.simulator.next_webhook())
        };
        for attempt in due {
            flying.spawn(carry(Arc::clone(&shared), attempt));
        }
        while flying.try_join_next().is_some() {}
        let alarm = async {
            match next {
                Some(at) => clock.until(at).await,
                None => pending().await,
            }
        };
        // What tells news ends with the server, and so does this.
        either(async { drop(news.changed().await) }, alarm).await;
    }
}

/// Waits until nothing is under way and nothing is due; gives the time of what is due next.
pub(super) async fn idle(shared: &Shared) -> Option<u64> {
    let mut news = shared.news.subscribe();
    loop {
        news.borrow_and_update();
        let now = shared.listen.clock.now();
        let (in_flight, next) = {
            let state = shared.lock();
            let simulator = &state.simulator;
            (simulator.webhooks_in_flight(), simulator.next_webhook())
        };
        if in_flight == 0 && next.is_none_or(|at| at > now) {
            return next;
        }
        if news.changed().await.is_err() {
            return next;
        }
    }
}

async fn carry(shared: Arc<Shared>, attempt: Attempt) {
    let clock = &shared.listen.clock;
    let deadline = clock.until(clock.now().saturating_add(PATIENCE));
    let late = async {
        deadline.await;
        None
    };
    let answer = either(send(&attempt), late).await;
    let now = clock.now();
    shared
        .lock()
        .simulator
        .webhook_answered(attempt, answer, now);
    shared.news.send_replace(());
}

/// The status of the answer, if there is one.
async fn send(attempt: &Attempt) -> Option<StatusCode> {
    let address = (attempt.host.as_str(), attempt.port);
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    // It ends by itself when the sender is dropped, whatever the answer.
    tokio::spawn(connection);
    let mut request = http::Request::new(Full::new(attempt.body.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = attempt.target.parse().ok()?;
    *request.headers_mut() = attempt.headers.clone();
    let response = sender.send_request(request).await.ok()?;
    Some(response.status())
}

/// Whichever is done first; `one`, if both are. The other is dropped.
async fn either<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(move |cx| match one.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(output),
        Poll::Pending => other.as_mut().poll(cx),
    })
    .await
}
