//! Successes as responses, and the faults that spoil them.
//!
//! It must not change state: what was carried out stays carried out.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::deeds::{NOBODY, STATUS};
use super::delivery;
use crate::answer;
use crate::contract::{Action, Operation};
use crate::fault::{Fault, Faults};
use crate::message::{Request, Response};

const JSON: &str = "application/json";

/// Turns a success into a response, spoilt if a fault says so.
pub(super) fn success(
    status: StatusCode,
    mut body: Value,
    operation: Option<&Operation>,
    request: &Request,
    faults: Faults,
) -> Response {
    if faults.is_empty() {
        return Response::json(status, &body);
    }
    if faults.has(Fault::CommitThenError) {
        return answer::unavailable(StatusCode::INTERNAL_SERVER_ERROR).delivered(delivery(faults));
    }
    if let (Some(id), Some(members)) = (
        operation.and_then(Operation::id_member),
        body.as_object_mut(),
    ) {
        for fault in faults.iter() {
            spoil_member(members, id, fault);
        }
        if faults.has(Fault::EchoRequest)
            && let Ok(Value::Object(asked)) = serde_json::from_slice(&request.body)
        {
            members.extend(asked);
        }
    }
    if faults.has(Fault::NestBody) {
        body = json!({ "data": body });
    }
    if faults.has(Fault::ArrayBody) {
        body = json!([body]);
    }
    let text = text(&body, operation, faults);
    let status = spoil_status(status, operation, faults);
    let media_type = [
        (Fault::NoContentType, ""),
        (Fault::WrongContentType, "text/plain"),
        (Fault::WrongCharset, "application/json; charset=utf-16"),
        (Fault::CharsetParameter, "application/json; charset=utf-8"),
    ]
    .into_iter()
    .find_map(|(fault, media_type)| faults.has(fault).then_some(media_type));
    let mut response = Response::new(status, media_type.unwrap_or(JSON), text);
    if status == StatusCode::NO_CONTENT {
        response.headers.remove(CONTENT_TYPE);
        response.body = Bytes::new();
    }
    if faults.has(Fault::ClaimGzip) {
        let gzip = HeaderValue::from_static("gzip");
        response.headers.insert(CONTENT_ENCODING, gzip);
    }
    response.delivered(delivery(faults))
}

fn spoil_status(honest: StatusCode, operation: Option<&Operation>, faults: Faults) -> StatusCode {
    let creates =
        operation.is_some_and(|operation| matches!(operation.action, Action::Create { .. }));
    let (on, status) = [
        (Fault::OkOnCreate, true, StatusCode::OK),
        (Fault::CreatedOnCreate, true, StatusCode::CREATED),
        (Fault::NoContentOnCreate, true, StatusCode::NO_CONTENT),
        (Fault::AcceptedOnLook, false, StatusCode::ACCEPTED),
    ]
    .into_iter()
    .find_map(|(fault, on, status)| faults.has(fault).then_some((on, status)))
    .unwrap_or((creates, honest));
    if on == creates { status } else { honest }
}

/// The bytes of a body.
fn text(body: &Value, operation: Option<&Operation>, faults: Faults) -> Bytes {
    let mut text = body.to_string();
    let mut once_more = |member: Option<&str>, value: &str| {
        if let Some(member) = member.filter(|_| text.ends_with('}')) {
            text.pop();
            text.push_str(&format!(r#","{member}":"{value}"}}"#));
        }
    };
    if faults.has(Fault::DuplicateReference) {
        once_more(operation.and_then(Operation::id_member), NOBODY);
    }
    if faults.has(Fault::DuplicateStatus) {
        once_more(Some(STATUS), "UNSUCCESSFUL");
    }
    if faults.has(Fault::ByteOrderMark) {
        text.insert(0, '\u{feff}');
    }
    if faults.has(Fault::TrailingGarbage) {
        text.push_str("\nDone.");
    }
    if faults.has(Fault::GarbageBody) {
        text = r#"{"refer"#.to_owned();
    }
    if faults.has(Fault::EmptyBody) {
        text.clear();
    }
    text.into()
}

fn spoil_member(members: &mut Map<String, Value>, id: &str, fault: Fault) {
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match fault {
        Fault::NullStatus => put(STATUS, Value::Null),
        Fault::EmptyStatus => put(STATUS, "".into()),
        Fault::NumericStatus => put(STATUS, 42.into()),
        Fault::EmptyReference => put(id, "".into()),
        Fault::NullReference => put(id, Value::Null),
        Fault::NumericReference => put(id, 42.into()),
        Fault::WrongReference => put(id, NOBODY.into()),
        Fault::DropStatusField => members.remove(STATUS),
        Fault::DropReferenceField => members.remove(id),
        Fault::RenameStatus => {
            let status = members.remove(STATUS).unwrap_or_default();
            members.insert("state".to_owned(), status)
        }
        Fault::RenameReference => {
            let reference = members.remove(id).unwrap_or_default();
            members.insert("id".to_owned(), reference)
        }
        Fault::ExtraMembers => {
            put("undocumented", json!({ "deep": [1, null] }));
            put("noSuchField", Value::Null)
        }
        Fault::DeepBody => {
            let deep = (0..200).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
            put("deep", deep)
        }
        Fault::StatusTypo | Fault::LowerCaseStatus | Fault::TypoInVerified => {
            if let Some(Value::String(status)) = members.get_mut(STATUS) {
                misspell(status, fault);
            }
            None
        }
        _ => None,
    };
}

fn misspell(status: &mut String, fault: Fault) {
    match fault {
        Fault::StatusTypo => {
            let last = [status.pop(), status.pop()];
            status.extend(last.into_iter().flatten());
        }
        Fault::LowerCaseStatus => status.make_ascii_lowercase(),
        _ if status == "VERIFIED" => "VERIFEID".clone_into(status),
        _ => {}
    }
}
