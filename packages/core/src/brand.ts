declare const brand: unique symbol;

/** A value of type `Value` that only its own constructor may make, so that two look-alikes cannot be mixed up. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
