package dev.reprise.cache.code;

/** How closely a class is looked at. */
enum Zone {
  /** Method by method. */
  OWN,
  /** With its whole package. */
  LIBRARY,
  /** By name alone. */
  PLATFORM
}
