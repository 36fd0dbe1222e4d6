// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.

/// The types of requests and responses.
pub mod types {
    #[allow(unused_imports)]
    use std::collections::BTreeMap;

    #[allow(unused_imports)]
    use bvnk_gen::{Date, DateTime, Email, Extra, Nullable, Uuid, Value};

    bvnk_gen::object! {
        /// Where the person lives
        #[builder(AddressBuilder)]
        pub struct Address {
            /// Street address
            #[wire(required = "addressLine1")]
            pub address_line1: String,
            /// Further part of the street address
            #[wire(optional = "addressLine2")]
            pub address_line2: String,
            /// Town, city or locality
            #[wire(required = "city")]
            pub city: String,
            /// A country as two capital letters (ISO 3166-1 alpha-2)
            #[wire(required = "countryCode")]
            pub country_code: CountryCode,
            /// Postal or ZIP code
            #[wire(required = "postCode")]
            pub post_code: String,
        }
    }

    bvnk_gen::string! {
        /// A country as two capital letters (ISO 3166-1 alpha-2)
        #[pattern("^[A-Z]{2}$")]
        pub struct CountryCode(String);
    }

    bvnk_gen::object! {
        /// A request to register one individual
        #[builder(CreateCustomerRequestBuilder)]
        pub struct CreateCustomerRequest {
            /// What is known of the person
            #[wire(required = "individual")]
            pub individual: Individual,
            /// Names the accepted terms or the e-signed agreement; opaque
            #[wire(required = "signed_agreement_id")]
            pub signed_agreement_id: SignedAgreementId,
            /// The kind of customer; this endpoint takes individuals only
            #[wire(constant = "type")]
            pub type_: CustomerType,
        }
    }

    bvnk_gen::object! {
        /// A customer, as the API returns it
        #[builder(CustomerBuilder)]
        pub struct Customer {
            /// The API's own name for a customer; opaque
            #[wire(required = "reference")]
            pub reference: CustomerReference,
            /// How far verification has come. PENDING_AGREEMENTS: an agreement or further information is missing. PENDING_VERIFICATION: checks are under way. VERIFICATION_PENDING: the spelling of the page's sample, with the same meaning. VERIFIED: passed. UNSUCCESSFUL: failed.
            #[wire(required = "status")]
            pub status: CustomerStatus,
            #[extra]
            pub extra: Extra,
        }
    }

    bvnk_gen::string! {
        /// The API's own name for a customer; opaque
        #[min_length(1)]
        #[public(display)]
        pub struct CustomerReference(String);
    }

    bvnk_gen::text_enum! {
        /// How far verification has come. PENDING_AGREEMENTS: an agreement or further information is missing. PENDING_VERIFICATION: checks are under way. VERIFICATION_PENDING: the spelling of the page's sample, with the same meaning. VERIFIED: passed. UNSUCCESSFUL: failed.
        #[terminal("VERIFIED", "UNSUCCESSFUL", "REJECTED", "TERMINATED")]
        #[action_required("PENDING_AGREEMENTS", "INFO_REQUIRED", "ACTIONS_REQUIRED")]
        #[alike("PENDING_VERIFICATION", "VERIFICATION_PENDING")]
        #[public(display)]
        pub enum CustomerStatus {
            #[is_pending_agreements]
            PendingAgreements = "PENDING_AGREEMENTS",
            #[is_pending_verification]
            PendingVerification = "PENDING_VERIFICATION",
            #[is_verification_pending]
            VerificationPending = "VERIFICATION_PENDING",
            #[is_verified]
            Verified = "VERIFIED",
            #[is_unsuccessful]
            Unsuccessful = "UNSUCCESSFUL",
            Unknown(String),
        }
    }

    bvnk_gen::text_enum! {
        /// The kind of customer; this endpoint takes individuals only
        #[public(display)]
        pub enum CustomerType {
            #[is_individual]
            Individual = "INDIVIDUAL",
        }
    }

    bvnk_gen::text_enum! {
        /// How the person is employed
        pub enum EmploymentStatus {
            #[is_employed]
            Employed = "EMPLOYED",
            #[is_unemployed]
            Unemployed = "UNEMPLOYED",
            #[is_retired]
            Retired = "RETIRED",
            Unknown(String),
        }
    }

    bvnk_gen::object! {
        /// Enhanced due diligence (EDD), to be sent where compliance asks for it
        #[builder(EnhancedDueDiligenceBuilder)]
        pub struct EnhancedDueDiligence {
            /// How the person is employed
            #[wire(optional = "employmentStatus")]
            pub employment_status: EmploymentStatus,
            /// A code or reference that stands for the volume expected in a month
            #[wire(optional = "expectedMonthlyVolumes")]
            pub expected_monthly_volumes: String,
            /// Whether the person acts for others, as a broker or an agent does
            #[wire(optional = "intermediary")]
            pub intermediary: bool,
            /// Main or most recent occupation
            #[wire(optional = "lastOccupation")]
            pub last_occupation: String,
        }
    }

    bvnk_gen::alias! {
        /// Any JSON value; the page documents no error body
        pub struct ErrorBody(pub Value);
    }

    bvnk_gen::object! {
        /// Documents and checks that identify the person
        #[builder(IdentificationBuilder)]
        pub struct Identification {
            /// Number of a passport or of another official document
            #[wire(optional = "documentNumber")]
            pub document_number: String,
            /// When a selfie or liveness check was passed elsewhere. Giving it asserts that the check took place, and spares the person another one.
            #[wire(optional = "selfieVerifiedAt")]
            pub selfie_verified_at: DateTime,
            /// Tax number, for instance an SSN or a TIN
            #[wire(optional = "taxNumber")]
            pub tax_number: String,
        }
    }

    bvnk_gen::object! {
        /// What is known of the person
        #[builder(IndividualBuilder)]
        pub struct Individual {
            /// Where the person lives
            #[wire(required = "address")]
            pub address: Address,
            /// A country as two capital letters (ISO 3166-1 alpha-2)
            #[wire(optional = "birthCountryCode")]
            pub birth_country_code: CountryCode,
            /// Day of birth, written YYYY-MM-DD
            #[wire(required = "dateOfBirth")]
            pub date_of_birth: Date,
            /// A short text about the person
            #[wire(optional = "description")]
            pub description: String,
            /// Enhanced due diligence (EDD), to be sent where compliance asks for it
            #[wire(optional = "edd")]
            pub edd: EnhancedDueDiligence,
            /// E-mail address of the person
            #[wire(optional = "email")]
            pub email: Email,
            /// First or given name
            #[wire(required = "firstName")]
            pub first_name: String,
            /// Documents and checks that identify the person
            #[wire(optional = "identification")]
            pub identification: Identification,
            /// Last or family name
            #[wire(required = "lastName")]
            pub last_name: String,
            /// Nationality, for instance US. Optional here, yet compliance rules may ask for it.
            #[wire(optional = "nationality")]
            pub nationality: String,
            /// How risky the partner rates the person
            #[wire(optional = "riskScore")]
            pub risk_score: RiskScore,
        }
    }

    bvnk_gen::text_enum! {
        /// How risky the partner rates the person
        pub enum RiskScore {
            #[is_low]
            Low = "LOW",
            #[is_medium]
            Medium = "MEDIUM",
            #[is_high]
            High = "HIGH",
            Unknown(String),
        }
    }

    bvnk_gen::string! {
        /// Names the accepted terms or the e-signed agreement; opaque
        #[min_length(1)]
        pub struct SignedAgreementId(String);
    }

    bvnk_gen::schemas! {
        pub enum Schemas {
            Address,
            CountryCode,
            CreateCustomerRequest,
            Customer,
            CustomerReference,
            CustomerStatus,
            CustomerType,
            EmploymentStatus,
            EnhancedDueDiligence,
            ErrorBody,
            Identification,
            Individual,
            RiskScore,
            SignedAgreementId,
        }
    }
}

bvnk_gen::client! {
    /// Client of BVNK customers API.
    pub struct Client;
}

impl<T: bvnk_gen::Transport> Client<T> {
    /// Create an individual customer and start KYC
    ///
    /// Registers a person and begins the KYC checks. A repeated request that carries the same idempotency key is carried out once.
    pub fn create_customer(&self) -> builder::CreateCustomer<T> {
        builder::CreateCustomer::new(self.clone())
    }
    /// Fetch a customer's current status
    ///
    /// Returns how far the verification of one customer has come. The page names the path and the purpose only; the shape of the answer is taken to be that of the creation's answer.
    pub fn get_customer(&self) -> builder::GetCustomer<T> {
        builder::GetCustomer::new(self.clone())
    }
}

/// The addresses of the API, in the contract's order.
pub const SERVERS: &[&str] = &["https://api.sandbox.bvnk.com", "https://api.bvnk.com"];

/// The object that a link of the contract leads to, and whose status ends, under names
/// that do not change with the contract.
pub mod tracking {
    /// The object, as the linked operation returns it.
    pub type Object = super::types::Customer;
    /// The parameter of the linked operation.
    pub type Reference = super::types::CustomerReference;
    /// The status of the object.
    pub type Status = super::types::CustomerStatus;
    /// The operation that fetches the object by its reference; `None` if the contract has none.
    pub const OPERATION: Option<&str> = Some("get_customer");
    /// The member with the reference, on the wire.
    pub const REFERENCE: &str = "reference";
    /// The member with the status, on the wire.
    pub const STATUS: &str = "status";
    /// Returns the reference of an object.
    pub fn reference(object: &Object) -> Reference {
        object.reference.clone()
    }
    /// Returns the status of an object, if it has one.
    pub fn status(object: &Object) -> Option<&Status> {
        Some(&object.status)
    }
    /// Fetches an object with the linked operation.
    ///
    /// # Errors
    ///
    /// Those of the operation; always, if the contract has none.
    pub async fn get<T: bvnk_gen::Transport>(
        client: super::Client<T>,
        reference: Reference,
        options: T::Options,
    ) -> Result<bvnk_gen::ResponseValue<Object>, T::Error> {
        client.get_customer().reference(reference).options(options).send().await
    }
}

/// The calls of operations.
pub mod builder {
    use super::{Client, types};
    #[allow(unused_imports)]
    use std::collections::BTreeMap;

    #[allow(unused_imports)]
    use bvnk_gen::{Date, DateTime, Email, Extra, Nullable, Uuid, Value};

    bvnk_gen::operation! {
        /// Create an individual customer and start KYC
        ///
        /// Registers a person and begins the KYC checks. A repeated request that carries the same idempotency key is carried out once.
        #[operation("create_customer", "POST", "/platform/v1/customers", idempotency = "x-idempotency-key")]
        #[returns(json(types::Customer))]
        pub struct CreateCustomer {
            /// A UUID of the caller's choosing. Requests that repeat it are carried out once.
            #[argument(header, optional = "X-Idempotency-Key", Joined)]
            idempotency_key: Uuid,
            /// The person to register and the agreement that the person accepted
            #[argument(body, required = "application/json", Joined)]
            body: types::CreateCustomerRequest,
        }
    }

    bvnk_gen::operation! {
        /// Fetch a customer's current status
        ///
        /// Returns how far the verification of one customer has come. The page names the path and the purpose only; the shape of the answer is taken to be that of the creation's answer.
        #[operation("get_customer", "GET", "/platform/v1/customers/{reference}")]
        #[returns(json(types::Customer))]
        pub struct GetCustomer {
            /// The reference that the creation returned
            #[argument(path, required = "reference", Joined)]
            reference: types::CustomerReference,
        }
    }
}
