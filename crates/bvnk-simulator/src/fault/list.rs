//! The faults, one by one: what each breaks, and its name.
//!
//! The order counts where several stand at once: of those that answer in the service's
//! place, the first in this list does.

faults! {
    // In front of the service, or the service unwell. Nothing is committed.

    /// 429 with `Retry-After: 1`.
    TooManyRequests = "too-many-requests",
    /// 500.
    InternalError = "internal-error",
    /// 502.
    BadGateway = "bad-gateway",
    /// 503.
    Unavailable = "unavailable",
    /// 503 with `Retry-After` as a date, 1 s ahead of the simulator's time.
    UnavailableUntil = "unavailable-until",
    /// 504.
    GatewayTimeout = "gateway-timeout",
    /// 403 with HTML, as a firewall answers.
    HtmlError = "html-error",
    /// 502 without body and without content type.
    EmptyError = "empty-error",
    /// 307 to the same path at a host that does not exist.
    Redirect = "redirect",
    /// An answer that is no HTTP.
    MalformedHttp = "malformed-http",
    /// The connection is reset before anything happens.
    ResetBeforeCommit = "reset-before-commit",
    /// No answer, on a connection that stays open.
    Stall = "stall",

    // The deed is done, but its answer does not arrive.

    /// The connection is reset after the request was carried out.
    CommitThenReset = "commit-then-reset",
    /// 500 after the request was carried out.
    CommitThenError = "commit-then-error",
    /// No answer after the request was carried out, on a connection that stays open.
    CommitThenStall = "commit-then-stall",
    /// Half of the body that `Content-Length` announces.
    TruncateBody = "truncate-body",

    /// The whole answer, and then the end of a connection that promised to stay open.
    CloseAfterAnswer = "close-after-answer",

    // A success that says something else than it should.

    /// 200 where the contract documents another success.
    OkOnCreate = "ok-on-create",
    /// A status with its last two letters swapped.
    StatusTypo = "status-typo",
    /// A success without its status.
    DropStatusField = "drop-status-field",
    /// A success whose status is null.
    NullStatus = "null-status",
    /// A success without its reference.
    DropReferenceField = "drop-reference-field",
    /// A success with an empty reference.
    EmptyReference = "empty-reference",
    /// A success that calls its reference `id`.
    RenameReference = "rename-reference",
    /// A success whose reference is a number.
    NumericReference = "numeric-reference",
    /// A creation that answers the reference of the first customer of all.
    SharedReference = "shared-reference",
    /// A success with members that nobody has documented, which is legal.
    ExtraMembers = "extra-members",
    /// A success with a reference that is nobody's.
    WrongReference = "wrong-reference",
    /// A success whose reference and status are under `data`.
    NestBody = "nest-body",
    /// A success with a body that is not JSON.
    GarbageBody = "garbage-body",
    /// A success with an empty body.
    EmptyBody = "empty-body",
    /// A success that calls its JSON `text/plain`.
    WrongContentType = "wrong-content-type",

    // Errors in other shapes that pages of the vendor have shown, or in none.

    /// Refusals as an object with `errorList`.
    ErrorList = "error-list",
    /// Refusals as an array of errors.
    ErrorArray = "error-array",
    /// Refusals as plain text.
    ErrorText = "error-text",

    // Customers.

    /// A look at a customer that exists: 404.
    ForgetCustomer = "forget-customer",
    /// A look at a customer that does not exist: 200.
    InventCustomer = "invent-customer",
    /// A look at a customer does not move it on.
    FreezeStatus = "freeze-status",

    // Idempotency.

    /// A repeated key makes another customer.
    NewCustomerOnReplay = "new-customer-on-replay",
    /// A repeated key with another body is answered as if the body were the same.
    AcceptOtherBody = "accept-other-body",
    /// A refused request uses its key up: the refusal is repeated.
    RememberFailures = "remember-failures",

    // Validation.

    /// Any body is good.
    SkipValidation = "skip-validation",
    /// Any header parameter, the idempotency key above all, is good.
    SkipHeaderValidation = "skip-header-validation",
    /// Any media type is good.
    SkipMediaType = "skip-media-type",
    /// A valid body is refused: 400.
    RejectValid = "reject-valid",

    // Signatures.

    /// A request without `Authorization` is good.
    AcceptUnsigned = "accept-unsigned",
    /// Any id is good.
    AcceptUnknownId = "accept-unknown-id",
    /// Any MAC is good.
    AcceptBadMac = "accept-bad-mac",
    /// Any payload hash is good.
    AcceptBadPayloadHash = "accept-bad-payload-hash",
    /// A nonce may be used again.
    AcceptReplayedNonce = "accept-replayed-nonce",
    /// Any time is good.
    AcceptStale = "accept-stale",
    /// A good signature is refused: 401.
    RejectSigned = "reject-signed",
    /// The server's time in the answer to a stale request is proven with another key.
    WrongTsm = "wrong-tsm",
    /// A refused signature is answered without `WWW-Authenticate`.
    DropChallenge = "drop-challenge",
}
