//! What the simulator tells by webhooks, and what a service that is made of the client's
//! parts makes of it.
//!
//! Nothing travels here: the simulator says what is due, and the service is handed it.

use std::collections::BTreeMap;
use std::future::{IntoFuture as _, pending};

use bvnk::webhook::{Changes, Scheme, Seen as _, SeenInMemory, Verifier, WebhookSecret};
use bvnk::{BoxError, Client, GeneratedClient, Transport};
use bvnk_simulator::webhook::{Attempt, EventForm, Signing, Webhook, WebhookFault};
use bvnk_simulator::{Config, Fault, Journey, Request, Simulator};
use futures_util::FutureExt as _;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::Tally;
use crate::contract::Contract;
use crate::suite::World;

const URL: &str = "http://me.example/hooks/bvnk";
const SECRET: &str = "a webhook's secret";
const START: u64 = 1_700_000_000;

/// How deliveries are signed, and which event tells a status.
const KINDS: [(Signing, EventForm); 2] = [
    (Signing::Url, EventForm::Platform),
    (Signing::Payload, EventForm::Customers),
];

pub(super) async fn webhooks(world: &World, tally: &mut Tally) {
    judge(&world.contract, &world.http, None, tally).await;
}

/// All cases, with a simulator that breaks every event as `fault` says.
async fn judge(
    contract: &Contract,
    http: &reqwest::Client,
    fault: Option<WebhookFault>,
    tally: &mut Tally,
) {
    for (signing, form) in KINDS {
        let scene = || Scene::new(contract, http, signing, form, fault);
        let results = [
            told(scene(), tally).await,
            survived(scene(), tally).await,
            forged(scene(), tally).await,
            tampered(scene(), tally).await,
            repeated(scene(), tally).await,
        ];
        for reason in results.into_iter().filter_map(Result::err) {
            tally.hold(false, || format!("{signing:?} and {form:?}: {reason}"));
        }
    }
}

/// Each change is told once, to whom it concerns and to nobody else.
async fn told(scene: Result<Scene, String>, tally: &mut Tally) -> Result<(), String> {
    let mut scene = scene?;
    let first = scene.create(Journey::verified())?;
    let second = scene.create(Journey::unsuccessful())?;
    let client = scene.client.clone();
    let wait = |reference: &str| {
        let wait = client.wait_for_verification(reference);
        wait.told_by(&scene.changes).into_future()
    };
    let (first_wait, mut second_wait) = (wait(&first), wait(&second));
    scene.walk(&first);
    scene.run().await;
    let early = (&mut second_wait).now_or_never();
    tally.hold(early.is_none(), || {
        "another customer's event ended a wait".to_owned()
    });
    scene.walk(&second);
    scene.run().await;
    for (reference, wait) in [(&first, first_wait), (&second, second_wait)] {
        let end = wait.now_or_never().and_then(Result::ok);
        let end = end.map(|customer| (customer.reference.to_string(), customer.status.to_string()));
        let truth = (reference.clone(), scene.status(reference));
        tally.hold(end.as_ref() == Some(&truth), || {
            format!("a customer ended as {}, and its wait as {end:?}", truth.1)
        });
    }
    let expected: BTreeMap<_, _> = [
        (&first, "PENDING_VERIFICATION"),
        (&first, "VERIFIED"),
        (&second, "PENDING_VERIFICATION"),
        (&second, "UNSUCCESSFUL"),
    ]
    .map(|(reference, status)| ((reference.clone(), status.to_owned()), 1))
    .into();
    tally.hold(scene.handled == expected, || {
        format!("of four changes, these were told: {:?}", scene.handled)
    });
    tally.hold(scene.refused.is_empty(), || {
        format!("an honest delivery was refused: {:?}", scene.refused[0])
    });
    Ok(())
}

/// What nobody promises not to do does no harm.
async fn survived(scene: Result<Scene, String>, tally: &mut Tally) -> Result<(), String> {
    let mut scene = scene?;
    for fault in [
        WebhookFault::Duplicate,
        WebhookFault::Reordered,
        WebhookFault::Late,
        WebhookFault::ZonelessTime,
        WebhookFault::UnknownEvent,
    ] {
        let reference = scene.create(Journey::verified())?;
        let client = scene.client.clone();
        let wait = client.wait_for_verification(reference.as_str());
        let wait = wait.told_by(&scene.changes).into_future();
        scene.simulator.push_webhook_fault(fault);
        if fault != WebhookFault::UnknownEvent {
            scene.simulator.push_webhook_fault(fault);
        }
        scene.walk(&reference);
        scene.run().await;
        let end = wait.now_or_never().and_then(Result::ok);
        let verified = end.is_some_and(|customer| customer.status.is_verified());
        tally.hold(verified, || format!("{fault}: the end was not heard"));
        let most = scene.handled.values().max().copied().unwrap_or(0);
        tally.hold(most == 1, || {
            format!("{fault}: an event was handled {most} times")
        });
        tally.hold(scene.refused.is_empty(), || {
            format!("{fault}: refused, {:?}", scene.refused[0])
        });
    }
    Ok(())
}

/// What is signed by nobody, or for something else, is refused and tells nothing.
async fn forged(scene: Result<Scene, String>, tally: &mut Tally) -> Result<(), String> {
    let mut scene = scene?;
    for fault in [
        WebhookFault::Unsigned,
        WebhookFault::OtherBytes,
        WebhookFault::OtherSecret,
        WebhookFault::OtherScheme,
    ] {
        let reference = scene.create(Journey::starting("PENDING_VERIFICATION").then("VERIFIED"))?;
        let client = scene.client.clone();
        let wait = client.wait_for_verification(reference.as_str());
        let wait = wait.told_by(&scene.changes).into_future();
        scene.simulator.push_webhook_fault(fault);
        scene.walk(&reference);
        let due = scene.simulator.due_webhooks(START);
        tally.hold(!due.is_empty(), || format!("{fault}: nothing was sent"));
        for attempt in due {
            let answer = scene.receive(&attempt.headers, &attempt.body).await;
            tally.hold(answer == StatusCode::UNAUTHORIZED, || {
                format!("{fault}: taken with {answer}")
            });
        }
        tally.hold(wait.now_or_never().is_none(), || {
            format!("{fault}: it ended a wait")
        });
    }
    tally.hold(scene.handled.is_empty(), || {
        "a forgery was handled".to_owned()
    });
    Ok(())
}

/// No byte that is covered can change.
async fn tampered(scene: Result<Scene, String>, tally: &mut Tally) -> Result<(), String> {
    let mut scene = scene?;
    let attempt = scene.one_attempt()?;
    let mut cases = Vec::new();
    for index in 0..attempt.body.len() {
        let mut body = attempt.body.to_vec();
        body[index] ^= 1;
        cases.push((attempt.headers.clone(), body));
    }
    if scene.signing == Signing::Url {
        let mut headers = attempt.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jsom"));
        cases.push((headers, attempt.body.to_vec()));
    }
    for (headers, body) in cases {
        let answer = scene.receive(&headers, &body).await;
        tally.hold(answer == StatusCode::UNAUTHORIZED, || {
            "a delivery that was changed on its way was taken".to_owned()
        });
    }
    let answer = scene.receive(&attempt.headers, &attempt.body).await;
    tally.hold(answer == StatusCode::OK, || {
        "a delivery that was not changed was refused".to_owned()
    });
    Ok(())
}

/// What is not taken comes again, the same, for as long as is documented.
async fn repeated(scene: Result<Scene, String>, tally: &mut Tally) -> Result<(), String> {
    let mut scene = scene?;
    let first = scene.one_attempt()?;
    let mut next = Some((first.clone(), START));
    let mut sent = 0_u32;
    while let Some((attempt, now)) = next.take() {
        sent += 1;
        tally.hold(attempt.body == first.body, || {
            "an event was sent again as another".to_owned()
        });
        // Handled, but the answer gets lost.
        scene.receive(&attempt.headers, &attempt.body).await;
        let answer = sent.is_multiple_of(2).then_some(StatusCode::BAD_GATEWAY);
        scene.simulator.webhook_answered(attempt, answer, now);
        if let Some(then) = scene.simulator.next_webhook() {
            tally.hold(then > now && then - now <= 15 * 60, || {
                format!(
                    "an event was sent again after {} s",
                    then.saturating_sub(now)
                )
            });
            let again = scene.simulator.due_webhooks(then).into_iter().next();
            next = again.map(|attempt| (attempt, then));
        }
    }
    tally.hold(sent == 101, || {
        format!("an event that nobody took was sent {sent} times, not 101 times")
    });
    let most = scene.handled.values().max().copied().unwrap_or(0);
    tally.hold(most == 1, || {
        format!("an event that was sent again was handled {most} times")
    });
    Ok(())
}

/// A simulator, and a service that takes its webhooks.
struct Scene {
    simulator: Simulator,
    creation: Request,
    signing: Signing,
    verifier: Verifier,
    seen: SeenInMemory,
    changes: Changes,
    /// Its looks are never answered: it knows what it is told.
    client: Client,
    /// How often each customer's status was handled.
    handled: BTreeMap<(String, String), u32>,
    refused: Vec<String>,
}

impl Scene {
    fn new(
        contract: &Contract,
        http: &reqwest::Client,
        signing: Signing,
        form: EventForm,
        fault: Option<WebhookFault>,
    ) -> Result<Self, String> {
        let webhook = Webhook::new(URL, SECRET).map_err(|error| error.to_string())?;
        let config = Config::default().webhook(webhook.signing(signing).form(form));
        let mut simulator = Simulator::new(config).map_err(|error| error.to_string())?;
        simulator.set_webhook_fault(fault);
        let scheme = match signing {
            Signing::Payload => Scheme::payload(),
            _ => Scheme::url(URL).map_err(|error| error.to_string())?,
        };
        let secret = WebhookSecret::new(SECRET).map_err(|error| error.to_string())?;
        let silent = tower::service_fn(|_| pending::<Result<reqwest::Response, BoxError>>());
        let base_url = "http://localhost:9";
        let base_url = base_url
            .parse()
            .map_err(|error: bvnk::InvalidBaseUrl| error.to_string())?;
        let (method, target) = contract
            .route("create_customer")
            .ok_or("the contract has no operation create_customer")?;
        let body = contract
            .example("create_customer")
            .ok_or("the contract has no example of a creation")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self {
            simulator,
            creation: Request {
                method: method.parse().unwrap_or(Method::POST),
                target,
                headers,
                body: body.to_string().into(),
            },
            signing,
            verifier: Verifier::new(secret, scheme),
            seen: SeenInMemory::default(),
            changes: Changes::new(),
            client: GeneratedClient::new(&base_url, http.clone(), Transport::new(silent)).into(),
            handled: BTreeMap::new(),
            refused: Vec::new(),
        })
    }

    fn create(&mut self, journey: Journey) -> Result<String, String> {
        self.simulator.next_journey(journey);
        // Who calls is judged elsewhere.
        self.simulator.push_fault(Fault::AcceptUnsigned);
        let response = self.simulator.handle(&self.creation, START);
        let customer = self.simulator.customers().last();
        let customer = customer.filter(|_| response.status.is_success());
        customer
            .map(|customer| customer.reference().to_owned())
            .ok_or_else(|| format!("a creation was answered {}", response.status))
    }

    /// Moves a customer to the end of its journey.
    fn walk(&mut self, reference: &str) {
        let mut before = self.status(reference);
        while let Some(status) = self.simulator.advance(reference, START) {
            if status == before {
                break;
            }
            before = status.to_owned();
        }
    }

    fn status(&self, reference: &str) -> String {
        let customer = self.simulator.customer(reference);
        customer.map_or_else(String::new, |customer| customer.status().to_owned())
    }

    /// The only attempt that a change of status makes, taken out.
    fn one_attempt(&mut self) -> Result<Attempt, String> {
        let reference = self.create(Journey::starting("PENDING_VERIFICATION").then("VERIFIED"))?;
        self.walk(&reference);
        let at = self.simulator.next_webhook().ok_or("nothing was sent")?;
        let mut due = self.simulator.due_webhooks(at).into_iter();
        due.next().ok_or_else(|| "nothing was sent".to_owned())
    }

    /// Hands over what is sent, until nothing is left.
    async fn run(&mut self) {
        while let Some(now) = self.simulator.next_webhook() {
            for attempt in self.simulator.due_webhooks(now) {
                let answer = self.receive(&attempt.headers, &attempt.body).await;
                self.simulator.webhook_answered(attempt, Some(answer), now);
            }
        }
    }

    /// What a service does with a delivery.
    async fn receive(&mut self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let event = match self.verifier.event(headers, body) {
            Ok(event) => event,
            Err(refusal) => {
                self.refused.push(refusal.to_string());
                return StatusCode::UNAUTHORIZED;
            }
        };
        let Ok(first) = self.seen.first(event.id()).await;
        if first {
            self.changes.tell(&event);
            if let Some(change) = event.customer() {
                let key = (change.reference.to_string(), change.status.to_string());
                *self.handled.entry(key).or_default() += 1;
            }
        }
        StatusCode::OK
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What nobody promises not to do.
    const LEGAL: [WebhookFault; 4] = [
        WebhookFault::Duplicate,
        WebhookFault::Reordered,
        WebhookFault::Late,
        WebhookFault::ZonelessTime,
    ];

    #[tokio::test]
    async fn each_fault_of_webhooks_is_found() {
        let contract = Contract::embedded().unwrap();
        let http = bvnk::http_client().unwrap();
        let faults = WebhookFault::ALL.iter().copied().map(Some);
        for fault in std::iter::once(None).chain(faults) {
            let mut tally = Tally::default();
            judge(&contract, &http, fault, &mut tally).await;
            let legal = fault.is_none_or(|fault| LEGAL.contains(&fault));
            assert_eq!(tally.failures.is_empty(), legal, "{fault:?}: {tally:?}");
        }
    }
}
