//! What a token says must not slip into a log through a `{:?}`: the types that hold a part of it show their names alone.

macro_rules! opaque {
    ($($type:ty: $name:literal),+ $(,)?) => {$(
        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!($name, "(…)"))
            }
        }
    )+};
}

opaque! {
    super::claims::Audience<'_>: "Audience",
    super::claims::Claims<'_>: "Claims",
    super::claims::Scope<'_>: "Scope",
    super::compact::Compact<'_>: "Compact",
    super::header::Header<'_>: "Header",
    super::json::JsonStr<'_>: "JsonStr",
    super::json::Object<'_>: "Object",
    super::json::Value<'_>: "Value",
    super::verify::Authentic<'_, '_>: "Authentic",
    super::verify::Scratch: "Scratch",
    super::verify::Unverified<'_, '_>: "Unverified",
}
