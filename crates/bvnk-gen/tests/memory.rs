//! What a response costs in memory is a small multiple of its size, for any content.

#![allow(clippy::unwrap_used)]

use bvnk_gen::from_json_lenient;
use bvnk_gen::types::{Customer, Individual};

#[test]
fn memory_follows_the_size_of_the_response() {
    const SIZE: usize = 1 << 20;
    let fill = |part: &str| vec![part; SIZE / (part.len() + 1)].join(",");
    let names: Vec<String> = (0..SIZE / 10)
        .map(|index| format!("\"{index:x}\":0"))
        .collect();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for body in [
        format!(
            r#"{{"reference":"c","status":"S","more":[{}]}}"#,
            fill(r#"{"":0}"#)
        ),
        format!(r#"{{"reference":"c","status":"S",{}}}"#, fill(r#""":0"#)),
        format!(r#"{{"reference":"c","status":"S",{}}}"#, names.join(",")),
        format!(
            r#"{{"reference":"c","status":"S","more":[{}]}}"#,
            fill(&nested)
        ),
        format!(r#"{{"reference":[{}]}}"#, fill(r#"{"":0}"#)),
        format!("[{}]", fill("{}")),
        format!(r#"{{"address":{{{}}}}}"#, fill(r#""city":0"#)),
        "[".repeat(SIZE),
    ] {
        let allocations = allocation_counter::measure(|| {
            let _ = from_json_lenient::<Customer>(body.as_bytes());
            let _ = bvnk_gen::from_json::<Individual>(body.as_bytes());
        });
        let factor = allocations.bytes_max / SIZE as u64;
        assert!(factor <= 16, "{factor} times the size: {}", &body[..40]);
    }
}
