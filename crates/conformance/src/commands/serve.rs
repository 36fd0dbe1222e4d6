//! The simulator as a program, for clients in any language.

use std::process::ExitCode;

use bvnk_simulator::webhook::Webhook;
use bvnk_simulator::{Config, Fault, Listen, Server};
use clap::Args;
use conformance::Contract;

use super::{cannot_run, listed};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The port of 127.0.0.1 to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "N")]
    port: u16,
    /// The Hawk id that callers use
    #[arg(long, default_value = "simulated-partner", value_name = "ID")]
    id: String,
    /// The Hawk key that callers use (a test key: it is printed)
    #[arg(
        long,
        default_value = "simulated-key-that-opens-nothing-else",
        value_name = "KEY"
    )]
    key: String,
    /// Break the server in this way, for every request; may be given again
    #[arg(long = "fault", value_name = "NAME")]
    faults: Vec<Fault>,
    /// Print the names of the faults, and what each does
    #[arg(long)]
    list_faults: bool,
    /// Send a webhook to this http URL at each change of status; customers then move on
    /// by themselves too, every two seconds
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// The secret that webhooks are signed with (a test secret: it is printed)
    #[arg(
        long,
        default_value = "simulated-webhook-secret",
        value_name = "SECRET",
        requires = "webhook"
    )]
    webhook_secret: String,
}

/// How many customers and nonces a server that runs for days remembers: a few hundred
/// megabytes at most.
const CAPACITY: usize = 100_000;

/// How many attempts can be looked at. Their bodies are kept, of up to 1 MiB each.
const ATTEMPTS: usize = 200;

pub(crate) async fn serve(arguments: Arguments) -> ExitCode {
    let Arguments {
        port,
        id,
        key,
        faults,
        list_faults,
        webhook,
        webhook_secret,
    } = arguments;
    if list_faults {
        return listed(Fault::ALL.iter().map(line).collect::<String>());
    }
    if let Err(error) = bvnk::Credentials::new(id.as_str(), key.as_str()) {
        return cannot_run(error);
    }
    let mut config = Config::default()
        .credentials(id.as_str(), key.as_str())
        .explain(true)
        .capacity(CAPACITY);
    let mut webhooks = String::new();
    if let Some(url) = webhook {
        if let Err(error) = bvnk::webhook::WebhookSecret::new(webhook_secret.as_str()) {
            return cannot_run(error);
        }
        match Webhook::new(&url, webhook_secret.as_str()) {
            Ok(webhook) => config = config.webhook(webhook.pace(2)),
            Err(error) => return cannot_run(format!("--webhook {url}: {error}")),
        }
        webhooks = format!(
            "
It also moves on every 2 s, and each change is sent to {url}:
  x-signature  HMAC-SHA256, in hex, over the URL's path, the content type and the body,
               with the secret '{webhook_secret}'
  Answer 200 within 10 s; otherwise it is sent again, up to 100 times.
"
        );
    }
    let listen = Listen::default().port(port).keep(ATTEMPTS).control(true);
    let server = match Server::start_on(listen, config).await {
        Ok(server) => server,
        Err(error) => return cannot_run(format!("cannot listen on port {port}: {error}")),
    };
    server.with(|simulator| simulator.set_faults(faults.iter().copied()));
    let url = server.url();
    let broken: String = faults.iter().map(line).collect();
    let broken = match faults.as_slice() {
        [] => broken,
        _ => format!("\nBroken on purpose:\n{broken}"),
    };
    let contract = match Contract::embedded() {
        Ok(contract) => contract,
        Err(error) => return cannot_run(error),
    };
    let operations: String = contract
        .operations()
        .map(|(method, path, summary)| format!("  {method:4} {url}{path}\n       {summary}\n"))
        .collect();
    println!(
        "The customers API, simulated, at {url}

{operations}
A customer's status moves one step further each time that it is fetched.
{webhooks}
Requests are signed with Hawk (SHA-256):
  id   {id}
  key  {key}
  MAC  over `hawk.1.header`, ts, nonce, method, path with query, host {host}, port {port},
       an empty hash and an empty ext, each followed by a line feed

With the Rust client:
  export BVNK_BASE_URL={url} BVNK_HAWK_ID='{id}' BVNK_HAWK_KEY='{key}'
  let client = bvnk::Client::from_env()?;

A wrong signature or body is answered with what is wrong with it. Without a signature:
  curl {url}/_simulator/attempts            what was received, without personal values
  curl {url}/_simulator/faults              the ways to break this server
  curl -X PUT {url}/_simulator/faults -d '[\"unavailable\"]'   break it, until DELETE
{broken}
Stop with Ctrl-C.",
        host = server.address().ip(),
        port = server.address().port(),
    );
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cannot_run(format!("cannot wait for Ctrl-C: {error}")),
    }
}

fn line(fault: &Fault) -> String {
    format!("  {:26} {}\n", fault.name(), fault.summary())
}
