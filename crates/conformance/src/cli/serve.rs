//! `serve`: the simulator as a server for clients in any language.
//!
//! It prints how to call it once it listens, and ends with a signal. Error responses explain
//! the cause, and `/_simulator/` shows the requests and sets the faults: it is for tests, and
//! listens on this machine only unless `--bind` says otherwise.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bpaf::Bpaf;
use bvnk::BoxError;
use bvnk_simulator::webhook::Webhook;
use bvnk_simulator::{Config, Fault, Listen, Server};

use super::Passed;
use super::output::{note, print};

pub(super) const ABOUT: &str = "Serve the simulated API for clients in any language";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance serve --port 8080
    $ cargo conformance serve --port 8080 --fault internal-error
    $ cargo conformance serve --bind 0.0.0.0 --port 8080

SIGTERM and Ctrl-C end it.

Exit codes: 0 ended by a signal, 2 it could not run";

/// How many customers and nonces a server that runs for days remembers: a few hundred
/// megabytes at most.
const CAPACITY: usize = 100_000;

/// How many requests `/_simulator/attempts` shows. Their bodies have up to 1 MiB each.
const ATTEMPTS: usize = 200;

/// How long a request may take to arrive: a slow caller must not hold a connection forever.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Bpaf)]
#[bpaf(generate(parser))]
pub(crate) struct Arguments {
    /// The address to listen on, such as 0.0.0.0 in a container; 127.0.0.1 by default
    #[bpaf(argument("ADDRESS"), fallback(IpAddr::V4(Ipv4Addr::LOCALHOST)))]
    bind: IpAddr,
    /// The port to listen on; a free one by default
    #[bpaf(argument("PORT"), fallback(0))]
    port: u16,
    /// The Hawk id that callers use
    #[bpaf(argument("ID"), fallback("simulated-partner".to_owned()))]
    id: String,
    /// The Hawk key that callers use: a test key, which is printed
    #[bpaf(argument("KEY"), fallback("simulated-key-that-opens-nothing-else".to_owned()))]
    key: String,
    /// Inject this fault into every request; repeatable
    #[bpaf(long("fault"), argument("NAME"), many)]
    faults: Vec<Fault>,
    /// Print the faults and what each does
    list_faults: bool,
    /// Send a webhook to this http URL at each change of status; statuses then also change every
    /// 2 s
    #[bpaf(argument("URL"))]
    webhook: Option<String>,
    /// The secret that webhooks are signed with: a test secret, which is printed
    #[bpaf(argument("SECRET"), fallback("simulated-webhook-secret".to_owned()))]
    webhook_secret: String,
}

/// Serves until a signal.
///
/// # Errors
///
/// An address that is in use, or arguments that are not valid.
pub(crate) async fn serve(arguments: Arguments) -> Passed {
    if arguments.list_faults {
        print(&Fault::ALL.iter().map(line).collect::<String>())?;
        return Ok(true);
    }
    let server = start(&arguments).await?;
    if !arguments.bind.is_loopback() {
        note("warning: other machines can reach this server, and its key is a test key");
    }
    let signal = signal().map_err(|error| format!("cannot wait for a signal: {error}"))?;
    print(&help(&arguments, &server)?)?;
    server.run_until(signal).await;
    Ok(true)
}

/// Starts the server, with bounds for what a server that runs for days keeps.
///
/// # Errors
///
/// Credentials or a webhook that cannot be used, or an address that is taken.
async fn start(arguments: &Arguments) -> Result<Server, BoxError> {
    let (id, key) = (arguments.id.as_str(), arguments.key.as_str());
    bvnk::Credentials::new(id, key)?;
    let address = SocketAddr::new(arguments.bind, arguments.port);
    let mut config = Config {
        credentials: vec![bvnk_simulator::hawk::Credentials::new(id, key)],
        explain: true,
        capacity: CAPACITY,
        ..Config::default()
    };
    if let Some(url) = &arguments.webhook {
        let webhook = Webhook::new(url, arguments.webhook_secret.as_str());
        // Without the URL, which may have a password.
        let webhook = webhook.map_err(|error| format!("--webhook: {error}"))?;
        config.webhook = Some(webhook.advance_every(2));
    }
    let listen = Listen {
        address,
        keep: ATTEMPTS,
        read_timeout: Some(READ_TIMEOUT),
        control: true,
        ..Listen::default()
    };
    let server = Server::start_on(listen, config).await?;
    server.with(|simulator| simulator.set_faults(arguments.faults.iter().copied()));
    Ok(server)
}

/// A future that ends with SIGTERM, which containers are stopped with, or with Ctrl-C.
///
/// The handlers are set before anything is printed, so that no signal is missed.
#[cfg(unix)]
pub(super) fn signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(windows)]
pub(super) fn signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

/// What a caller needs to know: the URL, the operations, and how to sign.
///
/// # Errors
///
/// A contract that cannot be read, which is a defect of this build.
fn help(arguments: &Arguments, server: &Server) -> Result<String, BoxError> {
    let contract = bvnk_simulator::contract()?;
    let Arguments {
        id,
        key,
        webhook_secret: secret,
        ..
    } = arguments;
    let (url, host, port) = (server.url(), server.address().ip(), server.address().port());
    let operations = contract.operations.iter();
    let operations: String = operations
        .map(|operation| {
            format!(
                "  {:6} {url}{}\n",
                operation.method.to_uppercase(),
                operation.path
            )
        })
        .collect();
    let webhooks = arguments.webhook.iter().map(|url| {
        format!(
            "\nWebhooks are sent to {url} at each change of status, also every 2 s:
  x-signature  HMAC-SHA256, in hex, over the URL's path, the content type and the body,
               with the secret '{secret}'
  Answer 200 within 10 s. Otherwise the webhook is sent again, up to 100 times.\n"
        )
    });
    let webhooks: String = webhooks.collect();
    let faults: String = match arguments.faults.as_slice() {
        [] => String::new(),
        faults => format!("\nFaults:\n{}", faults.iter().map(line).collect::<String>()),
    };
    Ok(format!(
        "Simulated API at {url}

{operations}
A status changes each time that its resource is fetched.
{webhooks}
Requests are signed with Hawk (SHA-256):
  id   {id}
  key  {key}
  MAC  over `hawk.1.header`, ts, nonce, method, path with query, host {host}, port {port},
       an empty hash and an empty ext, each followed by a line feed

With the Rust client:
  export BVNK_BASE_URL={url} BVNK_HAWK_ID='{id}' BVNK_HAWK_KEY='{key}'
  let client = bvnk::Client::from_env()?;

Error responses explain what is wrong with the request. Without a signature:
  curl {url}/_simulator/attempts   the requests received, without personal values
  curl {url}/_simulator/faults     the faults
  curl -X PUT -H 'content-type: application/json' {url}/_simulator/faults -d '[\"unavailable\"]'
{faults}
Press Ctrl-C to stop.
"
    ))
}

/// A fault with what it does, on one line.
fn line(fault: &Fault) -> String {
    format!("  {:26} {}\n", fault.name(), fault.summary())
}
