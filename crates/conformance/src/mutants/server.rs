//! Mutants of the server: the simulator's faults, each with the clauses that it breaks.

use bvnk_simulator::Fault;

use super::{Family, Mutant, Way};

/// Faults that break no clause, so that no check may fail for them: the answer is legal, the
/// connection may be closed, nobody has promised what a refusal looks like, how a wait is
/// told, or whether keys of several callers are kept apart.
pub const LEGAL: [Fault; 10] = [
    Fault::ExtraMembers,
    Fault::EchoRequest,
    Fault::CharsetParameter,
    Fault::CloseAfterAnswer,
    Fault::ErrorList,
    Fault::ErrorArray,
    Fault::ErrorText,
    Fault::ErrorHtml,
    Fault::ErrorEmpty,
    Fault::EchoRefusal,
];

/// Faults that a run cannot meet. Of a server that never answers, or asks for a wait of a day,
/// it would wait for every limit of every call; the limits have tests of their own, in a time
/// that is not real. Keys that callers share show with a second caller only, whom a run does
/// not have.
const UNMET: [Fault; 4] = [
    Fault::Stall,
    Fault::CommitThenStall,
    Fault::FarRetryAfter,
    Fault::SharedKeys,
];

pub(super) fn mutants() -> Vec<Mutant> {
    Fault::ALL
        .iter()
        .filter(|fault| !LEGAL.contains(fault) && !UNMET.contains(fault))
        .map(|fault| mutant(*fault))
        .collect()
}

pub(super) fn mutant(fault: Fault) -> Mutant {
    Mutant {
        family: Family::Server,
        name: fault.to_string(),
        place: format!("the server, by its fault {fault}"),
        clauses: clauses(fault).iter().map(|id| (*id).to_owned()).collect(),
        equivalent: None,
        way: Way::Server(fault),
    }
}

/// The clauses that a fault breaks; none for a fault that nobody has thought about yet,
/// which [`all`](super::all) refuses.
fn clauses(fault: Fault) -> &'static [&'static str] {
    match fault {
        Fault::TooManyRequests
        | Fault::GarbageRetryAfter
        | Fault::InternalError
        | Fault::BadGateway
        | Fault::Unavailable
        | Fault::UnavailableUntil
        | Fault::GatewayTimeout
        | Fault::HtmlError
        | Fault::EmptyError
        | Fault::Redirect
        | Fault::MalformedHttp
        | Fault::ResetBeforeCommit
        | Fault::CommitThenReset
        | Fault::CommitThenError
        | Fault::TruncateBody
        | Fault::DuplicateStatus
        | Fault::DuplicateReference
        | Fault::OkOnCreate
        | Fault::CreatedOnCreate
        | Fault::NoContentOnCreate
        | Fault::RejectValid
        | Fault::RejectSigned => &["answer.accepted"],
        Fault::AcceptedOnLook | Fault::ForgetCustomer => &["answer.found"],
        Fault::StatusTypo | Fault::LowerCaseStatus | Fault::TypoInVerified => &[
            "status.pending-agreements",
            "status.pending-verification",
            "status.verified",
        ],
        Fault::DropStatusField
        | Fault::NullStatus
        | Fault::EmptyStatus
        | Fault::NumericStatus
        | Fault::RenameStatus => &["answer.status", "status.pending-verification"],
        Fault::DropReferenceField
        | Fault::EmptyReference
        | Fault::RenameReference
        | Fault::NumericReference
        | Fault::NullReference => &["answer.reference"],
        Fault::SharedReference => &["answer.reference-unique"],
        Fault::WrongReference => &["answer.get-reference", "answer.reference-unique"],
        Fault::SwapReference | Fault::SwapCustomer | Fault::ChangeReference => {
            &["answer.get-reference"]
        }
        Fault::NestBody
        | Fault::ArrayBody
        | Fault::DeepBody
        | Fault::ByteOrderMark
        | Fault::TrailingGarbage
        | Fault::GarbageBody
        | Fault::EmptyBody
        | Fault::WrongContentType
        | Fault::NoContentType
        | Fault::WrongCharset
        | Fault::ClaimGzip => &["answer.media", "answer.reference"],
        Fault::UnprocessableInvalid | Fault::OkWithError => &["answer.bad-request"],
        Fault::ForbidUnsigned => &["auth.refused"],
        Fault::NotFoundForMethod | Fault::DropAllow | Fault::AcceptAnyMethod => &["refused.method"],
        Fault::InventCustomer | Fault::FindByPrefix => &["refused.unknown-customer"],
        Fault::FreezeStatus | Fault::NeverEnd => &["flow.end"],
        Fault::BackwardStatus => &["flow.forward"],
        Fault::SwapStatus => &["answer.get-status", "flow.forward"],
        Fault::FlashEnd | Fault::FlipEnd | Fault::RestartJourney => &["flow.end", "flow.forward"],
        Fault::ForgetAtEnd => &["answer.found", "flow.end"],
        Fault::SkipCommit => &["answer.found", "idempotency.once"],
        Fault::CommitTwice => &["idempotency.once", "request.individual"],
        Fault::CommitDespiteRefusal => &["request.individual.first-name"],
        Fault::NewCustomerOnReplay | Fault::RaceKeys | Fault::ForgetKeyAfterReplay => {
            &["idempotency.once"]
        }
        Fault::RememberFailures => &["idempotency.refused"],
        Fault::ReplayOtherCustomer
        | Fault::ReplayNobody
        | Fault::ConflictOnReplay
        | Fault::AdvanceOnReplay
        | Fault::CaseSensitiveKey
        | Fault::KeyWithQuery
        | Fault::HalfKey => &["idempotency.replay"],
        Fault::AcceptOtherBody | Fault::KeyWithBody => &["idempotency.other-body"],
        Fault::RequireKey | Fault::RejectDerivedKeys => &["idempotency.header"],
        Fault::AcceptRepeatedKey | Fault::SkipHeaderValidation => &["refused.key"],
        Fault::SkipValidation | Fault::AcceptMissing => &["request.individual.first-name"],
        Fault::AcceptMalformedJson | Fault::SkipMediaType | Fault::RejectCharset => {
            &["refused.media"]
        }
        Fault::AcceptWrongType => &["request.individual.last-name"],
        Fault::AcceptNull => &["request.individual.last-name", "request.null"],
        Fault::AcceptBadFormat => &["request.individual.date-of-birth"],
        Fault::AcceptBadPattern => &["request.individual.address.country-code"],
        Fault::AcceptUnknownValue => &["request.type"],
        Fault::AcceptBadLength => &["request.signed-agreement-id"],
        Fault::RejectUnknownMembers => &["request.extra"],
        Fault::RejectOpenValues => &["request.individual.risk-score"],
        Fault::RequireOptional => &["request.individual.description"],
        Fault::AcceptUnsigned
        | Fault::AcceptMalformed
        | Fault::AcceptTwoSignatures
        | Fault::AcceptIdInAnyCase
        | Fault::AcceptUnknownId
        | Fault::AcceptBadMac
        | Fault::AcceptShortMac
        | Fault::AcceptEmptyKey
        | Fault::AcceptOtherMethod
        | Fault::AcceptOtherPath
        | Fault::AcceptOtherQuery
        | Fault::AcceptOtherHost
        | Fault::AcceptOtherPort
        | Fault::AcceptOtherNonce
        | Fault::AcceptOtherTime
        | Fault::AcceptAddedExt
        | Fault::DropChallenge
        | Fault::ChallengeBearer => &["auth.refused", "auth.fresh"],
        Fault::AcceptAddedHash | Fault::AcceptDroppedHash | Fault::AcceptBadPayloadHash => {
            &["auth.payload"]
        }
        Fault::AcceptReplayedNonce
        | Fault::AcceptStale
        | Fault::AcceptPast
        | Fault::AcceptFuture
        | Fault::SpareStaleNonce => &["auth.fresh"],
        Fault::WrongTsm | Fault::DropTsm | Fault::WrongChallengeTime => &["auth.clock"],
        _ => &[],
    }
}
