// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.

/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///Where the person lives
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct Address {
        ///Street address
        #[serde(rename = "addressLine1")]
        pub address_line1: ::std::string::String,
        ///Further part of the street address
        #[serde(
            rename = "addressLine2",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub address_line2: ::std::option::Option<::std::string::String>,
        ///Town, city or locality
        pub city: ::std::string::String,
        #[serde(rename = "countryCode")]
        pub country_code: CountryCode,
        ///Postal or ZIP code
        #[serde(rename = "postCode")]
        pub post_code: ::std::string::String,
    }
    impl ::std::fmt::Debug for Address {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("Address")
                .field("address_line1", &crate::runtime::Hidden)
                .field(
                    "address_line2",
                    &self.address_line2.as_ref().map(|_| crate::runtime::Hidden),
                )
                .field("city", &crate::runtime::Hidden)
                .field("country_code", &self.country_code)
                .field("post_code", &crate::runtime::Hidden)
                .finish()
        }
    }
    impl Address {
        pub fn builder() -> builder::Address {
            Default::default()
        }
    }
    ///A country as two capital letters (ISO 3166-1 alpha-2)
    #[derive(::serde::Serialize, Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct CountryCode(::std::string::String);
    impl ::std::fmt::Debug for CountryCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_tuple("CountryCode").field(&crate::runtime::Hidden).finish()
        }
    }
    impl ::std::ops::Deref for CountryCode {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<CountryCode> for ::std::string::String {
        fn from(value: CountryCode) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for CountryCode {
        type Err = crate::InvalidValue;
        fn from_str(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> = ::std::sync::LazyLock::new(||
            { ::regress::Regex::new("^[A-Z]{2}$").unwrap() });
            if PATTERN.find(value).is_none() {
                return Err("must match ^[A-Z]{2}$".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for CountryCode {
        type Error = crate::InvalidValue;
        fn try_from(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for CountryCode {
        type Error = crate::InvalidValue;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for CountryCode {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: crate::InvalidValue| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///A request to register one individual
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct CreateCustomerRequest {
        pub individual: Individual,
        pub signed_agreement_id: SignedAgreementId,
        #[serde(rename = "type")]
        pub type_: CustomerType,
    }
    impl ::std::fmt::Debug for CreateCustomerRequest {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("CreateCustomerRequest")
                .field("individual", &self.individual)
                .field("signed_agreement_id", &self.signed_agreement_id)
                .field("type_", &self.type_)
                .finish()
        }
    }
    impl CreateCustomerRequest {
        pub fn builder() -> builder::CreateCustomerRequest {
            Default::default()
        }
    }
    ///A customer, as the API answers it
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct Customer {
        pub reference: CustomerReference,
        pub status: CustomerStatus,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl ::std::fmt::Debug for Customer {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("Customer")
                .field("reference", &self.reference)
                .field("status", &self.status)
                .field("extra", &crate::runtime::Hidden)
                .finish()
        }
    }
    impl Customer {
        pub fn builder() -> builder::Customer {
            Default::default()
        }
    }
    ///The API's own name for a customer; opaque
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct CustomerReference(::std::string::String);
    impl ::std::ops::Deref for CustomerReference {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<CustomerReference> for ::std::string::String {
        fn from(value: CustomerReference) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for CustomerReference {
        type Err = crate::InvalidValue;
        fn from_str(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            if value.chars().count() < 1usize {
                return Err("must have at least 1 character".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for CustomerReference {
        type Error = crate::InvalidValue;
        fn try_from(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for CustomerReference {
        type Error = crate::InvalidValue;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for CustomerReference {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: crate::InvalidValue| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///How far verification has come. PENDING_AGREEMENTS: an agreement or further information is missing. PENDING_VERIFICATION: checks are under way. VERIFICATION_PENDING: the spelling of the page's sample, with the same meaning. VERIFIED: passed. UNSUCCESSFUL: failed.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub enum CustomerStatus {
        ///`PENDING_AGREEMENTS`
        PendingAgreements,
        ///`PENDING_VERIFICATION`
        PendingVerification,
        ///`VERIFICATION_PENDING`
        VerificationPending,
        ///`VERIFIED`
        Verified,
        ///`UNSUCCESSFUL`
        Unsuccessful,
        /// A value that the contract does not list, as it came.
        Unknown(::std::string::String),
    }
    impl CustomerStatus {
        /// The values that the contract lists.
        pub const KNOWN: &'static [&'static str] = &[
            "PENDING_AGREEMENTS",
            "PENDING_VERIFICATION",
            "VERIFICATION_PENDING",
            "VERIFIED",
            "UNSUCCESSFUL",
        ];
        /// The value as it is on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::PendingAgreements => "PENDING_AGREEMENTS",
                Self::PendingVerification => "PENDING_VERIFICATION",
                Self::VerificationPending => "VERIFICATION_PENDING",
                Self::Verified => "VERIFIED",
                Self::Unsuccessful => "UNSUCCESSFUL",
                Self::Unknown(value) => value,
            }
        }
    }
    impl ::std::convert::From<&str> for CustomerStatus {
        fn from(value: &str) -> Self {
            match value {
                "PENDING_AGREEMENTS" => Self::PendingAgreements,
                "PENDING_VERIFICATION" => Self::PendingVerification,
                "VERIFICATION_PENDING" => Self::VerificationPending,
                "VERIFIED" => Self::Verified,
                "UNSUCCESSFUL" => Self::Unsuccessful,
                _ => Self::Unknown(value.to_owned()),
            }
        }
    }
    impl ::std::convert::From<::std::string::String> for CustomerStatus {
        fn from(value: ::std::string::String) -> Self {
            Self::from(value.as_str())
        }
    }
    impl ::std::str::FromStr for CustomerStatus {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for CustomerStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.write_str(self.as_str())
        }
    }
    impl ::std::cmp::PartialEq for CustomerStatus {
        fn eq(&self, other: &Self) -> bool {
            self.as_str() == other.as_str()
        }
    }
    impl ::std::cmp::Eq for CustomerStatus {}
    impl ::std::cmp::PartialOrd for CustomerStatus {
        fn partial_cmp(
            &self,
            other: &Self,
        ) -> ::std::option::Option<::std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl ::std::cmp::Ord for CustomerStatus {
        fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
            self.as_str().cmp(other.as_str())
        }
    }
    impl ::std::hash::Hash for CustomerStatus {
        fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
            self.as_str().hash(state);
        }
    }
    impl ::serde::Serialize for CustomerStatus {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::serde::Deserialize<'de> for CustomerStatus {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)
                .map(Self::from)
        }
    }
    #[cfg(feature = "schemars")]
    impl ::schemars::JsonSchema for CustomerStatus {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "CustomerStatus".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "anyOf" : [{ "type" : "string", "enum" : ["PENDING_AGREEMENTS",
                "PENDING_VERIFICATION", "VERIFICATION_PENDING", "VERIFIED",
                "UNSUCCESSFUL"] }, { "type" : "string" }] }
            )
        }
    }
    ///The kind of customer; this endpoint takes individuals only
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub enum CustomerType {
        #[serde(rename = "INDIVIDUAL")]
        Individual,
    }
    impl ::std::fmt::Display for CustomerType {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Individual => f.write_str("INDIVIDUAL"),
            }
        }
    }
    impl ::std::str::FromStr for CustomerType {
        type Err = crate::InvalidValue;
        fn from_str(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            match value {
                "INDIVIDUAL" => Ok(Self::Individual),
                _ => Err("must be INDIVIDUAL".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for CustomerType {
        type Error = crate::InvalidValue;
        fn try_from(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for CustomerType {
        type Error = crate::InvalidValue;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    ///How the person is employed
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum EmploymentStatus {
        ///`EMPLOYED`
        Employed,
        ///`UNEMPLOYED`
        Unemployed,
        ///`RETIRED`
        Retired,
        /// A value that the contract does not list, as it came.
        Unknown(::std::string::String),
    }
    impl ::std::fmt::Debug for EmploymentStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_tuple("EmploymentStatus").field(&crate::runtime::Hidden).finish()
        }
    }
    impl EmploymentStatus {
        /// The values that the contract lists.
        pub const KNOWN: &'static [&'static str] = &[
            "EMPLOYED",
            "UNEMPLOYED",
            "RETIRED",
        ];
        /// The value as it is on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Employed => "EMPLOYED",
                Self::Unemployed => "UNEMPLOYED",
                Self::Retired => "RETIRED",
                Self::Unknown(value) => value,
            }
        }
    }
    impl ::std::convert::From<&str> for EmploymentStatus {
        fn from(value: &str) -> Self {
            match value {
                "EMPLOYED" => Self::Employed,
                "UNEMPLOYED" => Self::Unemployed,
                "RETIRED" => Self::Retired,
                _ => Self::Unknown(value.to_owned()),
            }
        }
    }
    impl ::std::convert::From<::std::string::String> for EmploymentStatus {
        fn from(value: ::std::string::String) -> Self {
            Self::from(value.as_str())
        }
    }
    impl ::std::str::FromStr for EmploymentStatus {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::cmp::PartialEq for EmploymentStatus {
        fn eq(&self, other: &Self) -> bool {
            self.as_str() == other.as_str()
        }
    }
    impl ::std::cmp::Eq for EmploymentStatus {}
    impl ::std::cmp::PartialOrd for EmploymentStatus {
        fn partial_cmp(
            &self,
            other: &Self,
        ) -> ::std::option::Option<::std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl ::std::cmp::Ord for EmploymentStatus {
        fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
            self.as_str().cmp(other.as_str())
        }
    }
    impl ::std::hash::Hash for EmploymentStatus {
        fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
            self.as_str().hash(state);
        }
    }
    impl ::serde::Serialize for EmploymentStatus {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::serde::Deserialize<'de> for EmploymentStatus {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)
                .map(Self::from)
        }
    }
    #[cfg(feature = "schemars")]
    impl ::schemars::JsonSchema for EmploymentStatus {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "EmploymentStatus".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "anyOf" : [{ "type" : "string", "enum" : ["EMPLOYED", "UNEMPLOYED",
                "RETIRED"] }, { "type" : "string" }] }
            )
        }
    }
    ///Enhanced due diligence (EDD), to be sent where compliance asks for it
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct EnhancedDueDiligence {
        #[serde(
            rename = "employmentStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub employment_status: ::std::option::Option<EmploymentStatus>,
        ///A code or reference that stands for the volume expected in a month
        #[serde(
            rename = "expectedMonthlyVolumes",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub expected_monthly_volumes: ::std::option::Option<::std::string::String>,
        ///Whether the person acts for others, as a broker or an agent does
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub intermediary: ::std::option::Option<bool>,
        ///Main or most recent occupation
        #[serde(
            rename = "lastOccupation",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub last_occupation: ::std::option::Option<::std::string::String>,
    }
    impl ::std::fmt::Debug for EnhancedDueDiligence {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("EnhancedDueDiligence")
                .field("employment_status", &self.employment_status)
                .field(
                    "expected_monthly_volumes",
                    &self
                        .expected_monthly_volumes
                        .as_ref()
                        .map(|_| crate::runtime::Hidden),
                )
                .field(
                    "intermediary",
                    &self.intermediary.as_ref().map(|_| crate::runtime::Hidden),
                )
                .field(
                    "last_occupation",
                    &self.last_occupation.as_ref().map(|_| crate::runtime::Hidden),
                )
                .finish()
        }
    }
    impl EnhancedDueDiligence {
        pub fn builder() -> builder::EnhancedDueDiligence {
            Default::default()
        }
    }
    ///Any JSON value; the page documents no error body
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct ErrorBody(pub ::serde_json::Value);
    impl ::std::fmt::Debug for ErrorBody {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_tuple("ErrorBody").field(&crate::runtime::Hidden).finish()
        }
    }
    impl ::std::ops::Deref for ErrorBody {
        type Target = ::serde_json::Value;
        fn deref(&self) -> &::serde_json::Value {
            &self.0
        }
    }
    impl ::std::convert::From<ErrorBody> for ::serde_json::Value {
        fn from(value: ErrorBody) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::serde_json::Value> for ErrorBody {
        fn from(value: ::serde_json::Value) -> Self {
            Self(value)
        }
    }
    ///Documents and checks that identify the person
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct Identification {
        ///Number of a passport or of another official document
        #[serde(
            rename = "documentNumber",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub document_number: ::std::option::Option<::std::string::String>,
        ///When a selfie or liveness check was passed elsewhere. Giving it asserts that the check took place, and spares the person another one.
        #[serde(
            rename = "selfieVerifiedAt",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub selfie_verified_at: ::std::option::Option<crate::DateTime>,
        ///Tax number, for instance an SSN or a TIN
        #[serde(
            rename = "taxNumber",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub tax_number: ::std::option::Option<::std::string::String>,
    }
    impl ::std::fmt::Debug for Identification {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("Identification")
                .field(
                    "document_number",
                    &self.document_number.as_ref().map(|_| crate::runtime::Hidden),
                )
                .field(
                    "selfie_verified_at",
                    &self.selfie_verified_at.as_ref().map(|_| crate::runtime::Hidden),
                )
                .field(
                    "tax_number",
                    &self.tax_number.as_ref().map(|_| crate::runtime::Hidden),
                )
                .finish()
        }
    }
    impl Identification {
        pub fn builder() -> builder::Identification {
            Default::default()
        }
    }
    ///What is known of the person
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct Individual {
        pub address: Address,
        #[serde(
            rename = "birthCountryCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub birth_country_code: ::std::option::Option<CountryCode>,
        ///Day of birth, written YYYY-MM-DD
        #[serde(rename = "dateOfBirth")]
        pub date_of_birth: crate::Date,
        ///A short text about the person
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub edd: ::std::option::Option<EnhancedDueDiligence>,
        ///E-mail address of the person
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<crate::Email>,
        ///First or given name
        #[serde(rename = "firstName")]
        pub first_name: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub identification: ::std::option::Option<Identification>,
        ///Last or family name
        #[serde(rename = "lastName")]
        pub last_name: ::std::string::String,
        ///Nationality, for instance US. Optional here, yet compliance rules may ask for it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub nationality: ::std::option::Option<::std::string::String>,
        #[serde(
            rename = "riskScore",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub risk_score: ::std::option::Option<RiskScore>,
    }
    impl ::std::fmt::Debug for Individual {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("Individual")
                .field("address", &self.address)
                .field("birth_country_code", &self.birth_country_code)
                .field("date_of_birth", &crate::runtime::Hidden)
                .field(
                    "description",
                    &self.description.as_ref().map(|_| crate::runtime::Hidden),
                )
                .field("edd", &self.edd)
                .field("email", &self.email.as_ref().map(|_| crate::runtime::Hidden))
                .field("first_name", &crate::runtime::Hidden)
                .field("identification", &self.identification)
                .field("last_name", &crate::runtime::Hidden)
                .field(
                    "nationality",
                    &self.nationality.as_ref().map(|_| crate::runtime::Hidden),
                )
                .field("risk_score", &self.risk_score)
                .finish()
        }
    }
    impl Individual {
        pub fn builder() -> builder::Individual {
            Default::default()
        }
    }
    ///How risky the partner rates the person
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum RiskScore {
        ///`LOW`
        Low,
        ///`MEDIUM`
        Medium,
        ///`HIGH`
        High,
        /// A value that the contract does not list, as it came.
        Unknown(::std::string::String),
    }
    impl ::std::fmt::Debug for RiskScore {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_tuple("RiskScore").field(&crate::runtime::Hidden).finish()
        }
    }
    impl RiskScore {
        /// The values that the contract lists.
        pub const KNOWN: &'static [&'static str] = &["LOW", "MEDIUM", "HIGH"];
        /// The value as it is on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Low => "LOW",
                Self::Medium => "MEDIUM",
                Self::High => "HIGH",
                Self::Unknown(value) => value,
            }
        }
    }
    impl ::std::convert::From<&str> for RiskScore {
        fn from(value: &str) -> Self {
            match value {
                "LOW" => Self::Low,
                "MEDIUM" => Self::Medium,
                "HIGH" => Self::High,
                _ => Self::Unknown(value.to_owned()),
            }
        }
    }
    impl ::std::convert::From<::std::string::String> for RiskScore {
        fn from(value: ::std::string::String) -> Self {
            Self::from(value.as_str())
        }
    }
    impl ::std::str::FromStr for RiskScore {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::cmp::PartialEq for RiskScore {
        fn eq(&self, other: &Self) -> bool {
            self.as_str() == other.as_str()
        }
    }
    impl ::std::cmp::Eq for RiskScore {}
    impl ::std::cmp::PartialOrd for RiskScore {
        fn partial_cmp(
            &self,
            other: &Self,
        ) -> ::std::option::Option<::std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl ::std::cmp::Ord for RiskScore {
        fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
            self.as_str().cmp(other.as_str())
        }
    }
    impl ::std::hash::Hash for RiskScore {
        fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
            self.as_str().hash(state);
        }
    }
    impl ::serde::Serialize for RiskScore {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::serde::Deserialize<'de> for RiskScore {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)
                .map(Self::from)
        }
    }
    #[cfg(feature = "schemars")]
    impl ::schemars::JsonSchema for RiskScore {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "RiskScore".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "anyOf" : [{ "type" : "string", "enum" : ["LOW", "MEDIUM", "HIGH"] }, {
                "type" : "string" }] }
            )
        }
    }
    ///Names the accepted terms or the e-signed agreement; opaque
    #[derive(::serde::Serialize, Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct SignedAgreementId(::std::string::String);
    impl ::std::fmt::Debug for SignedAgreementId {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_tuple("SignedAgreementId").field(&crate::runtime::Hidden).finish()
        }
    }
    impl ::std::ops::Deref for SignedAgreementId {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<SignedAgreementId> for ::std::string::String {
        fn from(value: SignedAgreementId) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for SignedAgreementId {
        type Err = crate::InvalidValue;
        fn from_str(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            if value.chars().count() < 1usize {
                return Err("must have at least 1 character".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for SignedAgreementId {
        type Error = crate::InvalidValue;
        fn try_from(value: &str) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for SignedAgreementId {
        type Error = crate::InvalidValue;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, crate::InvalidValue> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for SignedAgreementId {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: crate::InvalidValue| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        ///Composes [`Address`](super::Address): the setters check, and `build` tells what does not fit.
        #[derive(Clone)]
        pub struct Address {
            address_line1: ::std::result::Result<
                ::std::string::String,
                crate::InvalidValue,
            >,
            address_line2: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
            city: ::std::result::Result<::std::string::String, crate::InvalidValue>,
            country_code: ::std::result::Result<super::CountryCode, crate::InvalidValue>,
            post_code: ::std::result::Result<::std::string::String, crate::InvalidValue>,
        }
        impl ::std::fmt::Debug for Address {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Address").finish_non_exhaustive()
            }
        }
        impl ::std::default::Default for Address {
            fn default() -> Self {
                Self {
                    address_line1: Err(crate::InvalidValue::missing("addressLine1")),
                    address_line2: Ok(None),
                    city: Err(crate::InvalidValue::missing("city")),
                    country_code: Err(crate::InvalidValue::missing("countryCode")),
                    post_code: Err(crate::InvalidValue::missing("postCode")),
                }
            }
        }
        impl Address {
            ///Street address
            pub fn address_line1<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.address_line1 = crate::runtime::convert("addressLine1", value);
                self
            }
            ///Further part of the street address
            pub fn address_line2<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.address_line2 = crate::runtime::convert("addressLine2", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_address_line2<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.address_line2 = value
                    .map(|value| crate::runtime::convert("addressLine2", value))
                    .transpose();
                self
            }
            ///Town, city or locality
            pub fn city<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.city = crate::runtime::convert("city", value);
                self
            }
            pub fn country_code<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::CountryCode>,
                V::Error: 'static,
            {
                self.country_code = crate::runtime::convert("countryCode", value);
                self
            }
            ///Postal or ZIP code
            pub fn post_code<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.post_code = crate::runtime::convert("postCode", value);
                self
            }
            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(
                self,
            ) -> ::std::result::Result<super::Address, crate::InvalidValue> {
                self.try_into()
            }
        }
        impl ::std::convert::TryFrom<Address> for super::Address {
            type Error = crate::InvalidValue;
            fn try_from(
                value: Address,
            ) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self {
                    address_line1: value.address_line1?,
                    address_line2: value.address_line2?,
                    city: value.city?,
                    country_code: value.country_code?,
                    post_code: value.post_code?,
                })
            }
        }
        impl ::std::convert::From<super::Address> for Address {
            fn from(value: super::Address) -> Self {
                Self {
                    address_line1: Ok(value.address_line1),
                    address_line2: Ok(value.address_line2),
                    city: Ok(value.city),
                    country_code: Ok(value.country_code),
                    post_code: Ok(value.post_code),
                }
            }
        }
        ///Composes [`CreateCustomerRequest`](super::CreateCustomerRequest): the setters check, and `build` tells what does not fit.
        #[derive(Clone)]
        pub struct CreateCustomerRequest {
            individual: ::std::result::Result<super::Individual, crate::InvalidValue>,
            signed_agreement_id: ::std::result::Result<
                super::SignedAgreementId,
                crate::InvalidValue,
            >,
            type_: ::std::result::Result<super::CustomerType, crate::InvalidValue>,
        }
        impl ::std::fmt::Debug for CreateCustomerRequest {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("CreateCustomerRequest").finish_non_exhaustive()
            }
        }
        impl ::std::default::Default for CreateCustomerRequest {
            fn default() -> Self {
                Self {
                    individual: Err(crate::InvalidValue::missing("individual")),
                    signed_agreement_id: Err(
                        crate::InvalidValue::missing("signed_agreement_id"),
                    ),
                    type_: Err(crate::InvalidValue::missing("type")),
                }
            }
        }
        impl CreateCustomerRequest {
            pub fn individual<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::Individual>,
                V::Error: 'static,
            {
                self.individual = crate::runtime::convert("individual", value);
                self
            }
            pub fn signed_agreement_id<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::SignedAgreementId>,
                V::Error: 'static,
            {
                self.signed_agreement_id = crate::runtime::convert(
                    "signed_agreement_id",
                    value,
                );
                self
            }
            pub fn type_<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::CustomerType>,
                V::Error: 'static,
            {
                self.type_ = crate::runtime::convert("type", value);
                self
            }
            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(
                self,
            ) -> ::std::result::Result<
                super::CreateCustomerRequest,
                crate::InvalidValue,
            > {
                self.try_into()
            }
        }
        impl ::std::convert::TryFrom<CreateCustomerRequest>
        for super::CreateCustomerRequest {
            type Error = crate::InvalidValue;
            fn try_from(
                value: CreateCustomerRequest,
            ) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self {
                    individual: value.individual?,
                    signed_agreement_id: value.signed_agreement_id?,
                    type_: value.type_?,
                })
            }
        }
        impl ::std::convert::From<super::CreateCustomerRequest>
        for CreateCustomerRequest {
            fn from(value: super::CreateCustomerRequest) -> Self {
                Self {
                    individual: Ok(value.individual),
                    signed_agreement_id: Ok(value.signed_agreement_id),
                    type_: Ok(value.type_),
                }
            }
        }
        ///Composes [`Customer`](super::Customer): the setters check, and `build` tells what does not fit.
        #[derive(Clone)]
        pub struct Customer {
            reference: ::std::result::Result<
                super::CustomerReference,
                crate::InvalidValue,
            >,
            status: ::std::result::Result<super::CustomerStatus, crate::InvalidValue>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                crate::InvalidValue,
            >,
        }
        impl ::std::fmt::Debug for Customer {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Customer").finish_non_exhaustive()
            }
        }
        impl ::std::default::Default for Customer {
            fn default() -> Self {
                Self {
                    reference: Err(crate::InvalidValue::missing("reference")),
                    status: Err(crate::InvalidValue::missing("status")),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Customer {
            pub fn reference<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::CustomerReference>,
                V::Error: 'static,
            {
                self.reference = crate::runtime::convert("reference", value);
                self
            }
            pub fn status<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::CustomerStatus>,
                V::Error: 'static,
            {
                self.status = crate::runtime::convert("status", value);
                self
            }
            pub fn extra<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                V::Error: 'static,
            {
                self.extra = crate::runtime::convert("extra", value);
                self
            }
            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(
                self,
            ) -> ::std::result::Result<super::Customer, crate::InvalidValue> {
                self.try_into()
            }
        }
        impl ::std::convert::TryFrom<Customer> for super::Customer {
            type Error = crate::InvalidValue;
            fn try_from(
                value: Customer,
            ) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self {
                    reference: value.reference?,
                    status: value.status?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Customer> for Customer {
            fn from(value: super::Customer) -> Self {
                Self {
                    reference: Ok(value.reference),
                    status: Ok(value.status),
                    extra: Ok(value.extra),
                }
            }
        }
        ///Composes [`EnhancedDueDiligence`](super::EnhancedDueDiligence): the setters check, and `build` tells what does not fit.
        #[derive(Clone)]
        pub struct EnhancedDueDiligence {
            employment_status: ::std::result::Result<
                ::std::option::Option<super::EmploymentStatus>,
                crate::InvalidValue,
            >,
            expected_monthly_volumes: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
            intermediary: ::std::result::Result<
                ::std::option::Option<bool>,
                crate::InvalidValue,
            >,
            last_occupation: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
        }
        impl ::std::fmt::Debug for EnhancedDueDiligence {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("EnhancedDueDiligence").finish_non_exhaustive()
            }
        }
        impl ::std::default::Default for EnhancedDueDiligence {
            fn default() -> Self {
                Self {
                    employment_status: Ok(None),
                    expected_monthly_volumes: Ok(None),
                    intermediary: Ok(None),
                    last_occupation: Ok(None),
                }
            }
        }
        impl EnhancedDueDiligence {
            pub fn employment_status<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::EmploymentStatus>,
                V::Error: 'static,
            {
                self.employment_status = crate::runtime::convert(
                        "employmentStatus",
                        value,
                    )
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_employment_status<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<super::EmploymentStatus>,
                V::Error: 'static,
            {
                self.employment_status = value
                    .map(|value| crate::runtime::convert("employmentStatus", value))
                    .transpose();
                self
            }
            ///A code or reference that stands for the volume expected in a month
            pub fn expected_monthly_volumes<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.expected_monthly_volumes = crate::runtime::convert(
                        "expectedMonthlyVolumes",
                        value,
                    )
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_expected_monthly_volumes<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.expected_monthly_volumes = value
                    .map(|value| crate::runtime::convert(
                        "expectedMonthlyVolumes",
                        value,
                    ))
                    .transpose();
                self
            }
            ///Whether the person acts for others, as a broker or an agent does
            pub fn intermediary<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<bool>,
                V::Error: 'static,
            {
                self.intermediary = crate::runtime::convert("intermediary", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_intermediary<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<bool>,
                V::Error: 'static,
            {
                self.intermediary = value
                    .map(|value| crate::runtime::convert("intermediary", value))
                    .transpose();
                self
            }
            ///Main or most recent occupation
            pub fn last_occupation<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.last_occupation = crate::runtime::convert("lastOccupation", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_last_occupation<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.last_occupation = value
                    .map(|value| crate::runtime::convert("lastOccupation", value))
                    .transpose();
                self
            }
            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(
                self,
            ) -> ::std::result::Result<
                super::EnhancedDueDiligence,
                crate::InvalidValue,
            > {
                self.try_into()
            }
        }
        impl ::std::convert::TryFrom<EnhancedDueDiligence>
        for super::EnhancedDueDiligence {
            type Error = crate::InvalidValue;
            fn try_from(
                value: EnhancedDueDiligence,
            ) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self {
                    employment_status: value.employment_status?,
                    expected_monthly_volumes: value.expected_monthly_volumes?,
                    intermediary: value.intermediary?,
                    last_occupation: value.last_occupation?,
                })
            }
        }
        impl ::std::convert::From<super::EnhancedDueDiligence> for EnhancedDueDiligence {
            fn from(value: super::EnhancedDueDiligence) -> Self {
                Self {
                    employment_status: Ok(value.employment_status),
                    expected_monthly_volumes: Ok(value.expected_monthly_volumes),
                    intermediary: Ok(value.intermediary),
                    last_occupation: Ok(value.last_occupation),
                }
            }
        }
        ///Composes [`Identification`](super::Identification): the setters check, and `build` tells what does not fit.
        #[derive(Clone)]
        pub struct Identification {
            document_number: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
            selfie_verified_at: ::std::result::Result<
                ::std::option::Option<crate::DateTime>,
                crate::InvalidValue,
            >,
            tax_number: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
        }
        impl ::std::fmt::Debug for Identification {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Identification").finish_non_exhaustive()
            }
        }
        impl ::std::default::Default for Identification {
            fn default() -> Self {
                Self {
                    document_number: Ok(None),
                    selfie_verified_at: Ok(None),
                    tax_number: Ok(None),
                }
            }
        }
        impl Identification {
            ///Number of a passport or of another official document
            pub fn document_number<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.document_number = crate::runtime::convert("documentNumber", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_document_number<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.document_number = value
                    .map(|value| crate::runtime::convert("documentNumber", value))
                    .transpose();
                self
            }
            ///When a selfie or liveness check was passed elsewhere. Giving it asserts that the check took place, and spares the person another one.
            pub fn selfie_verified_at<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<crate::DateTime>,
                V::Error: 'static,
            {
                self.selfie_verified_at = crate::runtime::convert(
                        "selfieVerifiedAt",
                        value,
                    )
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_selfie_verified_at<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<crate::DateTime>,
                V::Error: 'static,
            {
                self.selfie_verified_at = value
                    .map(|value| crate::runtime::convert("selfieVerifiedAt", value))
                    .transpose();
                self
            }
            ///Tax number, for instance an SSN or a TIN
            pub fn tax_number<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.tax_number = crate::runtime::convert("taxNumber", value).map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_tax_number<V>(mut self, value: ::std::option::Option<V>) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.tax_number = value
                    .map(|value| crate::runtime::convert("taxNumber", value))
                    .transpose();
                self
            }
            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(
                self,
            ) -> ::std::result::Result<super::Identification, crate::InvalidValue> {
                self.try_into()
            }
        }
        impl ::std::convert::TryFrom<Identification> for super::Identification {
            type Error = crate::InvalidValue;
            fn try_from(
                value: Identification,
            ) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self {
                    document_number: value.document_number?,
                    selfie_verified_at: value.selfie_verified_at?,
                    tax_number: value.tax_number?,
                })
            }
        }
        impl ::std::convert::From<super::Identification> for Identification {
            fn from(value: super::Identification) -> Self {
                Self {
                    document_number: Ok(value.document_number),
                    selfie_verified_at: Ok(value.selfie_verified_at),
                    tax_number: Ok(value.tax_number),
                }
            }
        }
        ///Composes [`Individual`](super::Individual): the setters check, and `build` tells what does not fit.
        #[derive(Clone)]
        pub struct Individual {
            address: ::std::result::Result<super::Address, crate::InvalidValue>,
            birth_country_code: ::std::result::Result<
                ::std::option::Option<super::CountryCode>,
                crate::InvalidValue,
            >,
            date_of_birth: ::std::result::Result<crate::Date, crate::InvalidValue>,
            description: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
            edd: ::std::result::Result<
                ::std::option::Option<super::EnhancedDueDiligence>,
                crate::InvalidValue,
            >,
            email: ::std::result::Result<
                ::std::option::Option<crate::Email>,
                crate::InvalidValue,
            >,
            first_name: ::std::result::Result<
                ::std::string::String,
                crate::InvalidValue,
            >,
            identification: ::std::result::Result<
                ::std::option::Option<super::Identification>,
                crate::InvalidValue,
            >,
            last_name: ::std::result::Result<::std::string::String, crate::InvalidValue>,
            nationality: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                crate::InvalidValue,
            >,
            risk_score: ::std::result::Result<
                ::std::option::Option<super::RiskScore>,
                crate::InvalidValue,
            >,
        }
        impl ::std::fmt::Debug for Individual {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Individual").finish_non_exhaustive()
            }
        }
        impl ::std::default::Default for Individual {
            fn default() -> Self {
                Self {
                    address: Err(crate::InvalidValue::missing("address")),
                    birth_country_code: Ok(None),
                    date_of_birth: Err(crate::InvalidValue::missing("dateOfBirth")),
                    description: Ok(None),
                    edd: Ok(None),
                    email: Ok(None),
                    first_name: Err(crate::InvalidValue::missing("firstName")),
                    identification: Ok(None),
                    last_name: Err(crate::InvalidValue::missing("lastName")),
                    nationality: Ok(None),
                    risk_score: Ok(None),
                }
            }
        }
        impl Individual {
            pub fn address<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::Address>,
                V::Error: 'static,
            {
                self.address = crate::runtime::convert("address", value);
                self
            }
            pub fn birth_country_code<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::CountryCode>,
                V::Error: 'static,
            {
                self.birth_country_code = crate::runtime::convert(
                        "birthCountryCode",
                        value,
                    )
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_birth_country_code<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<super::CountryCode>,
                V::Error: 'static,
            {
                self.birth_country_code = value
                    .map(|value| crate::runtime::convert("birthCountryCode", value))
                    .transpose();
                self
            }
            ///Day of birth, written YYYY-MM-DD
            pub fn date_of_birth<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<crate::Date>,
                V::Error: 'static,
            {
                self.date_of_birth = crate::runtime::convert("dateOfBirth", value);
                self
            }
            ///A short text about the person
            pub fn description<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.description = crate::runtime::convert("description", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_description<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.description = value
                    .map(|value| crate::runtime::convert("description", value))
                    .transpose();
                self
            }
            pub fn edd<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::EnhancedDueDiligence>,
                V::Error: 'static,
            {
                self.edd = crate::runtime::convert("edd", value).map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_edd<V>(mut self, value: ::std::option::Option<V>) -> Self
            where
                V: ::std::convert::TryInto<super::EnhancedDueDiligence>,
                V::Error: 'static,
            {
                self.edd = value
                    .map(|value| crate::runtime::convert("edd", value))
                    .transpose();
                self
            }
            ///E-mail address of the person
            pub fn email<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<crate::Email>,
                V::Error: 'static,
            {
                self.email = crate::runtime::convert("email", value).map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_email<V>(mut self, value: ::std::option::Option<V>) -> Self
            where
                V: ::std::convert::TryInto<crate::Email>,
                V::Error: 'static,
            {
                self.email = value
                    .map(|value| crate::runtime::convert("email", value))
                    .transpose();
                self
            }
            ///First or given name
            pub fn first_name<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.first_name = crate::runtime::convert("firstName", value);
                self
            }
            pub fn identification<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::Identification>,
                V::Error: 'static,
            {
                self.identification = crate::runtime::convert("identification", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_identification<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<super::Identification>,
                V::Error: 'static,
            {
                self.identification = value
                    .map(|value| crate::runtime::convert("identification", value))
                    .transpose();
                self
            }
            ///Last or family name
            pub fn last_name<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.last_name = crate::runtime::convert("lastName", value);
                self
            }
            ///Nationality, for instance US. Optional here, yet compliance rules may ask for it.
            pub fn nationality<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.nationality = crate::runtime::convert("nationality", value)
                    .map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_nationality<V>(
                mut self,
                value: ::std::option::Option<V>,
            ) -> Self
            where
                V: ::std::convert::TryInto<::std::string::String>,
                V::Error: 'static,
            {
                self.nationality = value
                    .map(|value| crate::runtime::convert("nationality", value))
                    .transpose();
                self
            }
            pub fn risk_score<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<super::RiskScore>,
                V::Error: 'static,
            {
                self.risk_score = crate::runtime::convert("riskScore", value).map(Some);
                self
            }
            /// The same, or nothing.
            pub fn maybe_risk_score<V>(mut self, value: ::std::option::Option<V>) -> Self
            where
                V: ::std::convert::TryInto<super::RiskScore>,
                V::Error: 'static,
            {
                self.risk_score = value
                    .map(|value| crate::runtime::convert("riskScore", value))
                    .transpose();
                self
            }
            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(
                self,
            ) -> ::std::result::Result<super::Individual, crate::InvalidValue> {
                self.try_into()
            }
        }
        impl ::std::convert::TryFrom<Individual> for super::Individual {
            type Error = crate::InvalidValue;
            fn try_from(
                value: Individual,
            ) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self {
                    address: value.address?,
                    birth_country_code: value.birth_country_code?,
                    date_of_birth: value.date_of_birth?,
                    description: value.description?,
                    edd: value.edd?,
                    email: value.email?,
                    first_name: value.first_name?,
                    identification: value.identification?,
                    last_name: value.last_name?,
                    nationality: value.nationality?,
                    risk_score: value.risk_score?,
                })
            }
        }
        impl ::std::convert::From<super::Individual> for Individual {
            fn from(value: super::Individual) -> Self {
                Self {
                    address: Ok(value.address),
                    birth_country_code: Ok(value.birth_country_code),
                    date_of_birth: Ok(value.date_of_birth),
                    description: Ok(value.description),
                    edd: Ok(value.edd),
                    email: Ok(value.email),
                    first_name: Ok(value.first_name),
                    identification: Ok(value.identification),
                    last_name: Ok(value.last_name),
                    nationality: Ok(value.nationality),
                    risk_score: Ok(value.risk_score),
                }
            }
        }
    }
    impl ::std::fmt::Display for CustomerReference {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.write_str(&self.0)
        }
    }
    /// The JSON Schema of each type, by the type's name.
    #[cfg(feature = "schemars")]
    pub fn schemas() -> ::std::vec::Vec<(&'static str, ::schemars::Schema)> {
        ::std::vec![
            ("Address", ::schemars::schema_for!(Address)), ("CountryCode",
            ::schemars::schema_for!(CountryCode)), ("CreateCustomerRequest",
            ::schemars::schema_for!(CreateCustomerRequest)), ("Customer",
            ::schemars::schema_for!(Customer)), ("CustomerReference",
            ::schemars::schema_for!(CustomerReference)), ("CustomerStatus",
            ::schemars::schema_for!(CustomerStatus)), ("CustomerType",
            ::schemars::schema_for!(CustomerType)), ("EmploymentStatus",
            ::schemars::schema_for!(EmploymentStatus)), ("EnhancedDueDiligence",
            ::schemars::schema_for!(EnhancedDueDiligence)), ("ErrorBody",
            ::schemars::schema_for!(ErrorBody)), ("Identification",
            ::schemars::schema_for!(Identification)), ("Individual",
            ::schemars::schema_for!(Individual)), ("RiskScore",
            ::schemars::schema_for!(RiskScore)), ("SignedAgreementId",
            ::schemars::schema_for!(SignedAgreementId))
        ]
    }
}
#[derive(Clone)]
/**Client for BVNK customers API

Creates individual customers, starts their identity verification (KYC) and tells how far that verification has come. The endpoint is a beta and may change.

Version: 0.1.0*/
pub struct Client {
    pub(crate) baseurl: crate::BaseUrl,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::Transport,
}
impl ::std::fmt::Debug for Client {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
impl Client {
    /**Create an individual customer and start KYC

Registers a person and begins the KYC checks. A repeated request that carries the same idempotency key is carried out once.

Sends a `POST` request to `/platform/v1/customers`

Arguments:
- `x_idempotency_key`: A UUID of the caller's choosing. Requests that repeat it are carried out once.
- `body`: The person to register and the agreement that the person accepted
```text
let response = client.create_customer()
    .x_idempotency_key(x_idempotency_key)
    .body(body)
    .send()
    .await;
```*/
    pub fn create_customer(&self) -> builder::CreateCustomer<'_> {
        builder::CreateCustomer::new(self)
    }
    /**Fetch a customer's current status

Tells how far the verification of one customer has come. The page names the path and the purpose only; the shape of the answer is taken to be that of the creation's answer.

Sends a `GET` request to `/platform/v1/customers/{reference}`

Arguments:
- `reference`: The reference that the creation returned
```text
let response = client.get_customer()
    .reference(reference)
    .send()
    .await;
```*/
    pub fn get_customer(&self) -> builder::GetCustomer<'_> {
        builder::GetCustomer::new(self)
    }
}
/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use crate::runtime::{Error, ResponseValue, convert, encode_path, text};
    /**Builder for [`Client::create_customer`]

[`Client::create_customer`]: super::Client::create_customer*/
    #[derive(Clone)]
    pub struct CreateCustomer<'a> {
        client: &'a super::Client,
        x_idempotency_key: Result<Option<::uuid::Uuid>, crate::InvalidValue>,
        body: Result<types::builder::CreateCustomerRequest, crate::InvalidValue>,
    }
    impl<'a> ::std::fmt::Debug for CreateCustomer<'a> {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("CreateCustomer").finish_non_exhaustive()
        }
    }
    impl<'a> CreateCustomer<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                x_idempotency_key: Ok(None),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn x_idempotency_key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
            V::Error: 'static,
        {
            self.x_idempotency_key = convert("X-Idempotency-Key", value).map(Some);
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::CreateCustomerRequest>,
            V::Error: 'static,
        {
            self.body = convert("", value).map(From::from);
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::CreateCustomerRequest,
            ) -> types::builder::CreateCustomerRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/platform/v1/customers`
        pub async fn send(self) -> Result<ResponseValue<types::Customer>, Error> {
            let Self { client, x_idempotency_key, body } = self;
            let x_idempotency_key = x_idempotency_key.map_err(Error::InvalidRequest)?;
            let body = body
                .and_then(|v| types::CreateCustomerRequest::try_from(v))
                .map_err(Error::InvalidRequest)?;
            let url = client.baseurl.below("/platform/v1/customers");
            let mut header_map = ::reqwest::header::HeaderMap::new();
            if let Some(value) = x_idempotency_key {
                header_map
                    .append(
                        "X-Idempotency-Key",
                        text("X-Idempotency-Key", &value)?.try_into()?,
                    );
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .header(
                    ::reqwest::header::CONTENT_TYPE,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .body(crate::runtime::json(&body)?)
                .headers(header_map)
                .build()?;
            let result = client.exec(request).await;
            let response = result?;
            match response.status().as_u16() {
                200..=299 => ResponseValue::from_response(response).await,
                _ => Err(Error::refused(response).await),
            }
        }
    }
    /**Builder for [`Client::get_customer`]

[`Client::get_customer`]: super::Client::get_customer*/
    #[derive(Clone)]
    pub struct GetCustomer<'a> {
        client: &'a super::Client,
        reference: Result<types::CustomerReference, crate::InvalidValue>,
    }
    impl<'a> ::std::fmt::Debug for GetCustomer<'a> {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_struct("GetCustomer").finish_non_exhaustive()
        }
    }
    impl<'a> GetCustomer<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                reference: Err(crate::InvalidValue::missing("reference")),
            }
        }
        pub fn reference<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::CustomerReference>,
            V::Error: 'static,
        {
            self.reference = convert("reference", value);
            self
        }
        ///Sends a `GET` request to `/platform/v1/customers/{reference}`
        pub async fn send(self) -> Result<ResponseValue<types::Customer>, Error> {
            let Self { client, reference } = self;
            let reference = reference.map_err(Error::InvalidRequest)?;
            let url = client
                .baseurl
                .below(
                    &format!(
                        "/platform/v1/customers/{}", encode_path("reference", &
                        text("reference", & reference) ?) ?
                    ),
                );
            let mut header_map = ::reqwest::header::HeaderMap::new();
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let result = client.exec(request).await;
            let response = result?;
            match response.status().as_u16() {
                200..=299 => ResponseValue::from_response(response).await,
                _ => Err(Error::refused(response).await),
            }
        }
    }
}
