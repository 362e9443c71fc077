package dev.reprise.cache.code;

/** From where a method can be overridden, which decides what a call of it runs. */
enum Reach {
  /** Nothing overrides it: static methods, constructors. */
  NOWHERE,
  /** Nothing overrides it, and it overrides nothing. */
  PRIVATE,
  /** Subclasses in its package. A method of this name in another package is another method. */
  PACKAGE,
  /** All subclasses. */
  SUBCLASSES
}
