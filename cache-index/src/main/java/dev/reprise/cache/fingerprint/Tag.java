package dev.reprise.cache.fingerprint;

/**
 * The first byte of every canonically encoded value. Codes are part of every key ever made: they
 * are added to, never changed and never used again.
 */
enum Tag {
  NULL(0),
  FALSE(1),
  TRUE(2),
  BYTE(3),
  SHORT(4),
  INT(5),
  LONG(6),
  FLOAT(7),
  DOUBLE(8),
  CHAR(9),
  /** Text that is valid UTF-16, as UTF-8. */
  TEXT(10),
  /** Text with a lone surrogate, which UTF-8 cannot tell from another: its code units. */
  CODE_UNITS(11),
  BIG_INTEGER(12),
  BIG_DECIMAL(13),
  /** A value type of the JDK: its class name and what it is made of. */
  SCALAR(14),
  ENUM(15),
  RECORD(16),
  LIST(17),
  DEQUE(18),
  SET(19),
  MAP(20),
  ENTRY(21),
  OPTIONAL(22),
  /** An array of a primitive type: its name and its elements, without tags of their own. */
  PRIMITIVES(23),
  ARRAY(24),
  /** What a hash function of the user made of a value. */
  HASHED(25),
  /** The HMAC of a secret. */
  SECRET(26),
  /** A set whose elements have an order of their own, in that order. */
  ORDERED_SET(27),
  /** A map whose entries have an order of their own, in that order. */
  ORDERED_MAP(28),
  /** A set that shows its elements in their natural order. */
  SORTED_SET(29),
  /** A map that shows its entries in the natural order of their keys. */
  SORTED_MAP(30);

  private final byte code;

  Tag(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }
}
