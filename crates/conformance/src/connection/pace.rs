//! How requests are sent to a server that need not be right: each has limits of time and bytes,
//! all of them a limit of the time that is lost with them. A run that is stopped sends no other.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::exchange::Response;

/// The largest body that is read, from either side. A larger response is cut one byte after it,
/// so that it is seen to be larger.
pub const BODY_LIMIT: usize = 1 << 20;
/// How long a server may take for a response, its body included.
pub const RESPONSE_LIMIT: Duration = Duration::from_secs(20);
/// The longest pause that a server may ask for. No delay between attempts of a client is longer,
/// and no limit of a call is shorter.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long a response may take on average.
const FAIR: Duration = Duration::from_secs(1);
/// How much longer responses and pauses may take until the run ends: with 100 responses after 3
/// seconds each, or with 10 that do not come in time.
const PATIENCE: Duration = Duration::from_secs(200);
/// How many requests in a row may fail until the run ends.
const MOST_FAILURES: u64 = 50;

/// Ends a run early. Clones end the same run.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<watch::Sender<Option<String>>>);

impl Stop {
    /// Ends the run, for a reason that its report shows. The first one stays.
    pub fn stop(&self, reason: impl Into<String>) {
        let is_first = |own: &mut Option<String>| {
            let is_first = own.is_none();
            own.get_or_insert_with(|| reason.into());
            is_first
        };
        self.0.send_if_modified(is_first);
    }

    /// Why the run was ended, if it was.
    pub fn reason(&self) -> Option<String> {
        self.0.borrow().clone()
    }

    /// Returns once the run is ended.
    pub async fn stopped(&self) {
        // The sender lives as long as this.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }
}

/// Limits how many requests a second a server gets, and counts the failures that may pass. A run
/// has hundreds of requests: where each takes long or fails, or the server asks for a pause after
/// each, the run is stopped.
#[derive(Debug, Default)]
pub struct Pace {
    /// Ticks when one more request may be sent.
    turns: Option<AsyncMutex<Interval>>,
    losses: Mutex<Losses>,
    /// Ends the run.
    pub stop: Stop,
}

/// What the requests of a run lost.
#[derive(Debug, Default)]
struct Losses {
    /// How many requests met a failure that may pass.
    failures: u64,
    /// How many of them were the last ones.
    in_a_row: u64,
    /// The time that was lost, without what responses in time made up for.
    time: Duration,
    /// Until when time is counted: what several requests lose at the same time is lost once.
    until: Option<Instant>,
}

impl Pace {
    /// At most `rate` requests a second; no limit without it.
    pub fn new(rate: Option<u32>, stop: Stop) -> Self {
        let turns = rate.map(|rate| {
            let mut turns = interval(Duration::from_secs(1) / rate.max(1));
            // A pause is not made up for by a burst.
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            AsyncMutex::new(turns)
        });
        Self {
            turns,
            losses: Mutex::default(),
            stop,
        }
    }

    /// How many requests met a failure that may pass.
    pub fn transient(&self) -> u64 {
        let losses = self.losses.lock().unwrap_or_else(PoisonError::into_inner);
        losses.failures
    }

    /// Whether nothing is sent any more.
    pub fn is_stopped(&self) -> bool {
        self.stop.reason().is_some()
    }

    /// Waits until one more request may be sent, sends it and reads the response, up to a limit of
    /// time and bytes. In a run that was stopped nothing is sent.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, String> {
        if let Some(turns) = &self.turns {
            turns.lock().await.tick().await;
        }
        if let Some(reason) = self.stop.reason() {
            return Err(format!("not sent: {reason}"));
        }
        let mut turn = Turn {
            pace: self,
            started: Instant::now(),
            // A caller may give up in between.
            failure: Some("no response in time".to_owned()),
            pause: Duration::ZERO,
        };
        let response = send(request).await;
        (turn.failure, turn.pause) = (failure(&response), asked_pause(&response));
        response
    }

    /// Counts a request that has ended, with its failure.
    pub fn ended(&self, started: Instant, failure: Option<&str>, pause: Duration) {
        let now = Instant::now();
        let mut losses = self.losses.lock().unwrap_or_else(PoisonError::into_inner);
        let since = losses.until.map_or(started, |until| until.max(started));
        let taken = now.saturating_duration_since(since);
        losses.until = Some(now);
        if failure.is_some() {
            losses.failures += 1;
            losses.in_a_row += 1;
            losses.time += taken + pause;
        } else {
            losses.in_a_row = 0;
            losses.time = (losses.time + taken).saturating_sub(FAIR);
        }
        if losses.time >= PATIENCE || losses.in_a_row >= MOST_FAILURES {
            let late = format!("a response after {:.1} s", (now - started).as_secs_f64());
            let last = failure.unwrap_or(&late);
            self.stop.stop(format!(
                "the server responds too late, not at all, or with 429, 502, 503 or 504; \
                 at last: {last}"
            ));
        }
    }
}

/// A request under way, which is counted when it ends, whatever ends it.
struct Turn<'a> {
    pace: &'a Pace,
    started: Instant,
    /// Why it has failed.
    failure: Option<String>,
    /// The pause that the server asks for.
    pause: Duration,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let failure = self.failure.as_deref();
        self.pace.ended(self.started, failure, self.pause);
    }
}

/// Why there is no response, or the status of one that is no verdict on the request (429, 502, 503,
/// 504): a repetition may succeed. A 500 is the server's answer to this request, and stays one.
pub fn failure(response: &Result<Response, String>) -> Option<String> {
    match response {
        Ok(response) if matches!(response.status.as_u16(), 429 | 502..=504) => {
            Some(response.status.to_string())
        }
        Ok(_) => None,
        Err(reason) => Some(reason.clone()),
    }
}

/// The pause that a response asks for, as far as it is granted.
pub fn asked_pause(response: &Result<Response, String>) -> Duration {
    let headers = response.as_ref().ok().map(|response| &response.headers);
    let asked = headers.and_then(|headers| bvnk_auth::retry_after(headers, SystemTime::now()));
    asked.unwrap_or_default().min(LONGEST_PAUSE)
}

/// Sends a request and reads the response, up to a limit of time and bytes. The error does not show
/// the URL.
async fn send(request: reqwest::RequestBuilder) -> Result<Response, String> {
    let response = request.timeout(RESPONSE_LIMIT).send().await;
    let mut response = response.map_err(|error| causes(&error.without_url()))?;
    let mut received = Response::new(response.status());
    received.headers.clone_from(response.headers());
    let mut body = Vec::new();
    while body.len() <= BODY_LIMIT {
        let chunk = response.chunk().await.map_err(|error| {
            let causes = causes(&error.without_url());
            format!("the body cannot be read: {causes}")
        })?;
        let Some(chunk) = chunk else { break };
        body.extend_from_slice(&chunk);
    }
    body.truncate(BODY_LIMIT + 1);
    received.body = Bytes::from(body);
    Ok(received)
}

/// An error with its causes: only the last one distinguishes a time-out from a broken connection.
fn causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}
