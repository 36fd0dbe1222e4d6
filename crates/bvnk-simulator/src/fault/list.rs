//! The faults, one by one: what each breaks, and its name.
//!
//! The order counts where several stand at once: of those that answer in the service's
//! place, the first in this list does.

faults! {
    // In front of the service, or the service unwell. Nothing is committed.

    /// 429 with `Retry-After: 1`.
    TooManyRequests = "too-many-requests",
    /// 429 with a `Retry-After` that is neither a number nor a date.
    GarbageRetryAfter = "garbage-retry-after",
    /// 429 with `Retry-After: 86400`.
    FarRetryAfter = "far-retry-after",
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
    /// 201 where the contract documents another success.
    CreatedOnCreate = "created-on-create",
    /// 204 without body to a creation.
    NoContentOnCreate = "no-content-on-create",
    /// 202 to a look.
    AcceptedOnLook = "accepted-on-look",
    /// A status with its last two letters swapped.
    StatusTypo = "status-typo",
    /// A success without its status.
    DropStatusField = "drop-status-field",
    /// A success whose status is null.
    NullStatus = "null-status",
    /// A success with an empty status.
    EmptyStatus = "empty-status",
    /// A success whose status is a number.
    NumericStatus = "numeric-status",
    /// A success that calls its status `state`.
    RenameStatus = "rename-status",
    /// A status in lower case.
    LowerCaseStatus = "lower-case-status",
    /// The status `VERIFIED`, and no other, is misspelt.
    TypoInVerified = "typo-in-verified",
    /// A success with its status twice, the second time another one.
    DuplicateStatus = "duplicate-status",
    /// A success without its reference.
    DropReferenceField = "drop-reference-field",
    /// A success with an empty reference.
    EmptyReference = "empty-reference",
    /// A success that calls its reference `id`.
    RenameReference = "rename-reference",
    /// A success whose reference is a number.
    NumericReference = "numeric-reference",
    /// A success whose reference is null.
    NullReference = "null-reference",
    /// A success with its reference twice, the second time nobody's.
    DuplicateReference = "duplicate-reference",
    /// A creation that answers the reference of the first customer of all.
    SharedReference = "shared-reference",
    /// A success with members that nobody has documented, which is legal.
    ExtraMembers = "extra-members",
    /// A success with a reference that is nobody's.
    WrongReference = "wrong-reference",
    /// A success whose reference and status are under `data`.
    NestBody = "nest-body",
    /// A success in an array.
    ArrayBody = "array-body",
    /// A success with members nested two hundred deep.
    DeepBody = "deep-body",
    /// A success that repeats the members of the request.
    EchoRequest = "echo-request",
    /// A success with a byte order mark before it.
    ByteOrderMark = "byte-order-mark",
    /// A success with text after its JSON.
    TrailingGarbage = "trailing-garbage",
    /// A success with a body that is not JSON.
    GarbageBody = "garbage-body",
    /// A success with an empty body.
    EmptyBody = "empty-body",
    /// A success that calls its JSON `text/plain`.
    WrongContentType = "wrong-content-type",
    /// A success without `Content-Type`.
    NoContentType = "no-content-type",
    /// A success that claims to be in UTF-16.
    WrongCharset = "wrong-charset",
    /// A success that says to be in UTF-8, which is legal.
    CharsetParameter = "charset-parameter",
    /// A success that claims to be compressed, and is not.
    ClaimGzip = "claim-gzip",

    // Errors in other shapes that pages of the vendor have shown, or in none.

    /// Refusals as an object with `errorList`.
    ErrorList = "error-list",
    /// Refusals as an array of errors.
    ErrorArray = "error-array",
    /// Refusals as plain text.
    ErrorText = "error-text",
    /// Refusals as a page of HTML.
    ErrorHtml = "error-html",
    /// Refusals without body.
    ErrorEmpty = "error-empty",
    /// Refusals that quote the request's body.
    EchoRefusal = "echo-refusal",
    /// 422 where the documentation says 400.
    UnprocessableInvalid = "unprocessable-invalid",
    /// A refusal's body with 200.
    OkWithError = "ok-with-error",
    /// 403 where a signature is refused.
    ForbidUnsigned = "forbid-unsigned",
    /// 404 where a path has other methods.
    NotFoundForMethod = "not-found-for-method",
    /// 405 without `Allow`.
    DropAllow = "drop-allow",
    /// Another method of a known path is taken for a documented one.
    AcceptAnyMethod = "accept-any-method",

    // Customers.

    /// A look at a customer that exists: 404.
    ForgetCustomer = "forget-customer",
    /// A look at a customer that does not exist: 200.
    InventCustomer = "invent-customer",
    /// A look at a customer does not move it on.
    FreezeStatus = "freeze-status",
    /// A look answers another customer's reference.
    SwapReference = "swap-reference",
    /// A look answers another customer's status.
    SwapStatus = "swap-status",
    /// A look answers another customer.
    SwapCustomer = "swap-customer",
    /// A look finds a customer by the beginning of its reference.
    FindByPrefix = "find-by-prefix",
    /// From the second look on, the reference is nobody's.
    ChangeReference = "change-reference",
    /// From the second look on, the status is the one of two looks ago.
    BackwardStatus = "backward-status",
    /// The first look tells the journey's end, the next goes on where it was.
    FlashEnd = "flash-end",
    /// After its end, a customer jumps between one end and the other.
    FlipEnd = "flip-end",
    /// A customer never comes to its end.
    NeverEnd = "never-end",
    /// After its end, a customer begins again.
    RestartJourney = "restart-journey",
    /// After its end, a customer is not found.
    ForgetAtEnd = "forget-at-end",
    /// A creation is answered, but creates nobody.
    SkipCommit = "skip-commit",
    /// A creation makes two customers.
    CommitTwice = "commit-twice",
    /// A refused body makes a customer all the same.
    CommitDespiteRefusal = "commit-despite-refusal",

    // Idempotency.

    /// A repeated key makes another customer.
    NewCustomerOnReplay = "new-customer-on-replay",
    /// A repeated key with another body is answered as if the body were the same.
    AcceptOtherBody = "accept-other-body",
    /// A refused request uses its key up: the refusal is repeated.
    RememberFailures = "remember-failures",
    /// Requests with one key at once each make a customer.
    RaceKeys = "race-keys",
    /// A key in other case is another key.
    CaseSensitiveKey = "case-sensitive-key",
    /// A key with another body is another key.
    KeyWithBody = "key-with-body",
    /// A key with another query is another key.
    KeyWithQuery = "key-with-query",
    /// Only the first half of a key counts.
    HalfKey = "half-key",
    /// A key is not its caller's alone: another's creation is answered.
    SharedKeys = "shared-keys",
    /// A key is forgotten when it was repeated once.
    ForgetKeyAfterReplay = "forget-key-after-replay",
    /// A repeated key is answered with another customer's reference.
    ReplayOtherCustomer = "replay-other-customer",
    /// A repeated key is answered with nobody's reference.
    ReplayNobody = "replay-nobody",
    /// A repeated key: 409.
    ConflictOnReplay = "conflict-on-replay",
    /// A repeated key moves its customer on.
    AdvanceOnReplay = "advance-on-replay",
    /// A key that is no random UUID (version 4) is refused.
    RejectDerivedKeys = "reject-derived-keys",
    /// A creation without a key is refused.
    RequireKey = "require-key",
    /// A key that is given twice is good, and counts as none.
    AcceptRepeatedKey = "accept-repeated-key",

    // Validation.

    /// Any body is good.
    SkipValidation = "skip-validation",
    /// A body that is not JSON is good.
    AcceptMalformedJson = "accept-malformed-json",
    /// A required member may be missing.
    AcceptMissing = "accept-missing",
    /// A member of another type is good, null apart.
    AcceptWrongType = "accept-wrong-type",
    /// Null is good in any place.
    AcceptNull = "accept-null",
    /// A text in another format, as of a date, is good.
    AcceptBadFormat = "accept-bad-format",
    /// A text in another pattern, as of a country, is good.
    AcceptBadPattern = "accept-bad-pattern",
    /// A value that is not listed is good.
    AcceptUnknownValue = "accept-unknown-value",
    /// A text of any length is good.
    AcceptBadLength = "accept-bad-length",
    /// A member that nobody has documented is refused.
    RejectUnknownMembers = "reject-unknown-members",
    /// A value that is not listed is refused where the list is open.
    RejectOpenValues = "reject-open-values",
    /// A body without all that is optional is refused.
    RequireOptional = "require-optional",
    /// Any header parameter, the idempotency key above all, is good.
    SkipHeaderValidation = "skip-header-validation",
    /// Any media type is good.
    SkipMediaType = "skip-media-type",
    /// A media type with a parameter is refused.
    RejectCharset = "reject-charset",
    /// A valid body is refused: 400.
    RejectValid = "reject-valid",

    // Signatures.

    /// A request without `Authorization` is good.
    AcceptUnsigned = "accept-unsigned",
    /// An `Authorization` that is no Hawk is good.
    AcceptMalformed = "accept-malformed",
    /// Of two `Authorization` headers the first counts.
    AcceptTwoSignatures = "accept-two-signatures",
    /// An id in other case is good.
    AcceptIdInAnyCase = "accept-id-in-any-case",
    /// Any id is good.
    AcceptUnknownId = "accept-unknown-id",
    /// Any MAC is good.
    AcceptBadMac = "accept-bad-mac",
    /// A MAC may be cut short.
    AcceptShortMac = "accept-short-mac",
    /// A MAC by an empty key is good.
    AcceptEmptyKey = "accept-empty-key",
    /// A signature for another method is good.
    AcceptOtherMethod = "accept-other-method",
    /// A signature for the path of another thing is good.
    AcceptOtherPath = "accept-other-path",
    /// A signature for the path alone is good, whatever the query.
    AcceptOtherQuery = "accept-other-query",
    /// A signature for a documented server's host is good at any other.
    AcceptOtherHost = "accept-other-host",
    /// A signature for port 80, 443, 8080, 8443 or the next one is good.
    AcceptOtherPort = "accept-other-port",
    /// A signature with a nonce that was seen before is good with another.
    AcceptOtherNonce = "accept-other-nonce",
    /// A signature for a time up to ten seconds off the told one is good.
    AcceptOtherTime = "accept-other-time",
    /// A payload hash that was not signed is good.
    AcceptAddedHash = "accept-added-hash",
    /// A payload hash that was signed may be left out.
    AcceptDroppedHash = "accept-dropped-hash",
    /// An `ext` that was not signed is good.
    AcceptAddedExt = "accept-added-ext",
    /// Any payload hash is good.
    AcceptBadPayloadHash = "accept-bad-payload-hash",
    /// A nonce may be used again.
    AcceptReplayedNonce = "accept-replayed-nonce",
    /// Any time is good.
    AcceptStale = "accept-stale",
    /// Any time that has passed is good.
    AcceptPast = "accept-past",
    /// Any time that is to come is good.
    AcceptFuture = "accept-future",
    /// A request with a wrong time does not use its nonce up.
    SpareStaleNonce = "spare-stale-nonce",
    /// A good signature is refused: 401.
    RejectSigned = "reject-signed",
    /// The server's time in the answer to a stale request is proven with another key.
    WrongTsm = "wrong-tsm",
    /// The answer to a stale request tells no time.
    DropTsm = "drop-tsm",
    /// The server's time in the answer to a stale request is an hour late.
    WrongChallengeTime = "wrong-challenge-time",
    /// A refused signature is answered without `WWW-Authenticate`.
    DropChallenge = "drop-challenge",
    /// A refused signature is answered with a challenge for another scheme.
    ChallengeBearer = "challenge-bearer",
}
