//! Revisions of the page: each is found, and nothing else is.

/// A revision of the page: its name, its number of differences, and its replacements.
pub(crate) struct Revision {
    pub(crate) name: &'static str,
    pub(crate) differences: usize,
    pub(crate) edits: &'static [(&'static str, &'static str)],
}

const fn revision(
    name: &'static str,
    differences: usize,
    edits: &'static [(&'static str, &'static str)],
) -> Revision {
    Revision {
        name,
        differences,
        edits,
    }
}

pub(crate) const REVISIONS: &[Revision] = &[
    revision(
        "renamed, in table and sample",
        1,
        &[("postCode", "postalCode")],
    ),
    revision(
        "renamed, in the table alone",
        1,
        &[(
            "individual.address.postCode |",
            "individual.address.zipCode |",
        )],
    ),
    revision(
        "renamed to what is not alike",
        1,
        &[
            ("individual.address.city |", "individual.address.town |"),
            ("\"city\"", "\"town\""),
        ],
    ),
    revision(
        "an object renamed, with all that it holds",
        1,
        &[
            ("individual.address", "individual.residence"),
            ("\"address\"", "\"residence\""),
        ],
    ),
    revision(
        "renamed in another spelling",
        1,
        &[("signed_agreement_id", "signedAgreementId")],
    ),
    revision(
        "now required",
        1,
        &[(
            "individual.nationality | string | No*",
            "individual.nationality | string | Yes",
        )],
    ),
    revision(
        "now optional",
        1,
        &[(
            "individual.lastName | string | Yes",
            "individual.lastName | string | No",
        )],
    ),
    revision(
        "removed",
        1,
        &[
            (
                "individual.identification.taxNumber | string | No | What the tax office calls the person (SSN, TIN). |\n",
                "",
            ),
            ("\"taxNumber\": \"000-11-222\",\n", ""),
        ],
    ),
    revision(
        "removed from the table alone",
        1,
        &[(
            "individual.email | string | No | Where mail reaches the person. |\n",
            "",
        )],
    ),
    revision(
        "added",
        1,
        &[(
            "individual.lastName |",
            "individual.middleName | string | No | Further names. |\nindividual.lastName |",
        )],
    ),
    revision(
        "added, with nesting",
        1,
        &[(
            "individual.edd |",
            "individual.employer | object | No | Who pays. |\nindividual.employer.name | string | Yes | What they are called. |\nindividual.employer.seat | object | No | Their home. |\nindividual.employer.seat.city | string | No | Where they sit. |\nindividual.edd |",
        )],
    ),
    revision(
        "added to the sample alone",
        1,
        &[("\"lastName\":", "\"middleName\": \"M\",\n\"lastName\":")],
    ),
    revision(
        "added to the answer",
        1,
        &[(
            "status | string | Where",
            "createdAt | string | When it began. |\nstatus | string | Where",
        )],
    ),
    revision(
        "another type, in the table",
        1,
        &[(
            "individual.edd.intermediary | boolean",
            "individual.edd.intermediary | string",
        )],
    ),
    revision(
        "another type, in table and sample",
        1,
        &[
            (
                "individual.edd.intermediary | boolean",
                "individual.edd.intermediary | string",
            ),
            ("\"intermediary\": true", "\"intermediary\": \"YES\""),
        ],
    ),
    revision(
        "a list in place of an object",
        1,
        &[(
            "individual.identification | object",
            "individual.identification | array of objects",
        )],
    ),
    revision(
        "a new value",
        1,
        &[("LOW , MEDIUM , HIGH .", "LOW , MEDIUM , HIGH , EXTREME .")],
    ),
    revision(
        "a value is gone",
        1,
        &[
            (
                "EMPLOYED , UNEMPLOYED , RETIRED , etc.",
                "EMPLOYED , UNEMPLOYED , etc.",
            ),
            ("\"RETIRED\"", "\"EMPLOYED\""),
        ],
    ),
    revision(
        "a value where one only was legal",
        1,
        &[("Only INDIVIDUAL .", "Only INDIVIDUAL or COMPANY .")],
    ),
    revision(
        "values where any text was legal",
        1,
        &[("Given name.", "Must be one of: ADA, GRACE.")],
    ),
    revision(
        "a status renamed everywhere",
        3,
        &[("PENDING_VERIFICATION", "UNDER_VERIFICATION")],
    ),
    revision(
        "a status renamed in the table",
        1,
        &[("- UNSUCCESSFUL - it", "- REJECTED - it")],
    ),
    revision(
        "a new status, in table and list",
        2,
        &[
            ("- VERIFIED - all", "- ON_HOLD - wait,- VERIFIED - all"),
            ("VERIFIED: done", "ON_HOLD: wait.\nVERIFIED: done"),
        ],
    ),
    revision(
        "a status is gone from the list",
        1,
        &[(
            "UNSUCCESSFUL: done, and not well; look at the reasons.\n",
            "",
        )],
    ),
    revision(
        "the sample's status, settled so far",
        1,
        &[("VERIFICATION_PENDING", "PENDING_VERIFICATION")],
    ),
    revision(
        "a header renamed everywhere",
        1,
        &[("X-Idempotency-Key", "Idempotency-Key")],
    ),
    revision(
        "a header renamed in the command",
        1,
        &[("--header 'X-Idempotency-Key:", "--header 'X-Request-Key:")],
    ),
    revision(
        "a new header",
        1,
        &[(
            "--header 'Content-Type",
            "--header 'X-Tenant: blue' \\\n--header 'Content-Type",
        )],
    ),
    revision(
        "another kind of signature",
        1,
        &[("Authorization: Hawk id=", "Authorization: Bearer id=")],
    ),
    revision(
        "another path",
        1,
        &[
            (
                "POST https://api.bvnk.com/platform/v1",
                "POST https://api.bvnk.com/platform/v2",
            ),
            (
                "POST https://api.sandbox.bvnk.com/platform/v1",
                "POST https://api.sandbox.bvnk.com/platform/v2",
            ),
            (
                "'https://api.sandbox.bvnk.com/platform/v1",
                "'https://api.sandbox.bvnk.com/platform/v2",
            ),
        ],
    ),
    revision(
        "another path in the command alone",
        1,
        &[(
            "'https://api.sandbox.bvnk.com/platform/v1/customers'",
            "'https://api.sandbox.bvnk.com/platform/v1/clients'",
        )],
    ),
    revision(
        "another name for a part of the path",
        1,
        &[("customers/{reference}", "customers/{id}")],
    ),
    revision(
        "another method",
        1,
        &[
            ("POST https", "PUT https"),
            ("curl --location", "curl --location --request PUT"),
        ],
    ),
    revision(
        "an operation is gone",
        1,
        &[(
            "GET /platform/v1/customers/{reference} tells",
            "A query tells",
        )],
    ),
    revision(
        "another server",
        1,
        &[("https://api.sandbox.bvnk.com", "https://sandbox.bvnk.com")],
    ),
    revision(
        "servers exchanged",
        2,
        &[
            ("Production | POST", "Sandbox! | POST"),
            ("Sandbox | POST", "Production | POST"),
            ("Sandbox! | POST", "Sandbox | POST"),
        ],
    ),
    revision("another success", 2, &[("202 | Taken.", "201 | Taken.")]),
    revision(
        "a new response code",
        1,
        &[(
            "400 | Refused. |",
            "400 | Refused. |\n409 | Known already. |",
        )],
    ),
    revision(
        "a sample that is no JSON",
        1,
        &[("\"firstName\": \"Ingrid\",", "\"firstName\": \"Ingrid\"")],
    ),
    revision(
        "a sample without its last brace",
        1,
        &[("9c34\"\n}'", "9c34\"\n'")],
    ),
    revision(
        "a sample without a required attribute",
        1,
        &[("\"city\": \"Bergen\",\n", "")],
    ),
    revision(
        "a sample with a wrong date",
        1,
        &[("1984-11-30", "30.11.1984")],
    ),
    revision(
        "a sample with a value that is listed nowhere",
        1,
        &[("\"riskScore\": \"MEDIUM\"", "\"riskScore\": \"MODERATE\"")],
    ),
    revision(
        "another form of a date",
        1,
        &[("as YYYY-MM-DD .", "as DD/MM/YYYY .")],
    ),
    revision(
        "another form of a code",
        1,
        &[(
            "The land as a 2-letter ISO code",
            "The land as a 3-letter ISO code",
        )],
    ),
    revision(
        "a greatest length",
        1,
        &[("Surname.", "Surname, at most 40 characters.")],
    ),
    revision(
        "a table of what a refusal has",
        1,
        &[
            (
                "What follows\n",
                "Error | Type | Description |\n---|---|---|\ncode | string | A short name. |\nWhat follows\n",
            ),
            ("Error | Type", "Attribute | Type"),
        ],
    ),
    revision(
        "no table of response codes",
        1,
        &[(
            "Response Code | Description |\n---|---|\n202 | Taken. |\n400 | Refused. |\n",
            "202 or 400.\n",
        )],
    ),
    revision(
        "a value without `_` in a sentence, which a sample does not show",
        2,
        &[
            (
                "Asking again\n",
                "The states are VERIFICATION_PENDING, VERIFIED, UNSUCCESSFUL and SUSPENDED.\nAsking again\n",
            ),
            ("\"VERIFICATION_PENDING\"", "\"IN_REVIEW\""),
        ],
    ),
    revision(
        "no sample of an answer",
        1,
        &[(
            "{\n\"reference\": \"9a1f2b3c-4d5e-4f60-8a7b-1c2d3e4f5a6b\",\n\"status\": \"VERIFICATION_PENDING\"\n}\n",
            "",
        )],
    ),
];
