package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Gives values their canonical form: bytes that are equal for equal values in every JVM, on every
 * host, in every locale and time zone, and different for different ones. A value without such a
 * form is refused with where and why; nothing is ever left out.
 *
 * <p>What has a form, and which values are the same, is told in {@code
 * docs/how-the-key-is-made.md}. In short: JDK value types, enums, records, lists, sets, maps,
 * deques, optionals and arrays of these, and what a {@link HashFunctions hash function} speaks for.
 *
 * <p>Immutable; may be used from several threads.
 */
public final class CanonicalEncoder {
  private static final byte[] DOMAIN = "reprise/value/1\0".getBytes(UTF_8);
  private static final Scalars SCALARS = new Scalars();
  private static final CanonicalEncoder PLAIN = new CanonicalEncoder(HashFunctions.NONE, null);

  private final HashFunctions functions;
  private final @Nullable SecretKeyring keyring;

  private CanonicalEncoder(HashFunctions functions, @Nullable SecretKeyring keyring) {
    this.functions = functions;
    this.keyring = keyring;
  }

  /** An encoder without hash functions, which refuses secrets. */
  public static CanonicalEncoder plain() {
    return PLAIN;
  }

  /** Returns an encoder like this one that asks {@code functions} first. */
  public CanonicalEncoder withFunctions(HashFunctions functions) {
    return new CanonicalEncoder(functions, keyring);
  }

  /** Returns an encoder like this one that takes secrets, by their HMAC under {@code keyring}. */
  public CanonicalEncoder withSecrets(SecretKeyring keyring) {
    return new CanonicalEncoder(functions, keyring);
  }

  /**
   * The digest of a value's canonical form.
   *
   * @throws NoCanonicalFormException if it has none; what depends on the value has no key
   */
  public Fingerprint fingerprint(@Nullable Object value) throws NoCanonicalFormException {
    return fingerprint(value, new MetClasses());
  }

  /**
   * The same, with the classes that were met on the way: who uses the value may run their methods,
   * which are no part of its form.
   *
   * @param met gets the classes of records and enum constants in the value, wherever they are in
   *     it, of what hash functions speak for, and the classes that are values themselves
   * @throws NoCanonicalFormException if it has none
   */
  public Fingerprint fingerprint(@Nullable Object value, MetClasses met)
      throws NoCanonicalFormException {
    CanonicalBytes bytes = new CanonicalBytes(new CanonicalBudget());
    new CanonicalWalk(SCALARS, functions, keyring, met, bytes).value(value);
    MessageDigest sha256 = Hasher.sha256();
    sha256.update(DOMAIN);
    bytes.digest(sha256);
    return Fingerprint.of(sha256.digest());
  }

  /**
   * The canonical form itself. Contains plain values: keep it to yourself.
   *
   * @return at most 256 MiB
   * @throws NoCanonicalFormException if there is none
   */
  public byte[] encode(@Nullable Object value) throws NoCanonicalFormException {
    CanonicalBytes bytes = new CanonicalBytes(new CanonicalBudget());
    new CanonicalWalk(SCALARS, functions, keyring, new MetClasses(), bytes).value(value);
    return bytes.toArray();
  }
}
