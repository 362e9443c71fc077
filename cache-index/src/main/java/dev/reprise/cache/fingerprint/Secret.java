package dev.reprise.cache.fingerprint;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A value that must not be seen: a password, a token. It is printed as dots, enters keys as an HMAC
 * alone (see {@link SecretKeyring}), and no result may contain one.
 *
 * <p>What a task does with a revealed value is its own affair: a password that is printed or
 * returned as a plain string is no secret any more.
 *
 * @param <T> type of the value; one with a canonical form, most often {@code String}
 */
public final class Secret<T> {
  /** What is shown in place of a secret. */
  public static final String SHOWN_AS = "•••";

  private final T value;

  private Secret(T value) {
    this.value = value;
  }

  /** Makes a secret of {@code value}. */
  public static <T> Secret<T> of(T value) {
    return new Secret<>(value);
  }

  /** The value itself, for the code that needs it. */
  public T reveal() {
    return value;
  }

  /**
   * Whether both hold the same value. Takes the same time wherever two values of equal length first
   * differ; values without a canonical form are the same only if they are one object.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Secret<?> that)) {
      return false;
    }
    if (value == that.value) {
      return true;
    }
    try {
      CanonicalEncoder encoder = CanonicalEncoder.plain();
      return MessageDigest.isEqual(encoder.encode(value), encoder.encode(that.value));
    } catch (NoCanonicalFormException e) {
      return false;
    }
  }

  /** The same for all secrets, so that it tells nothing about any. */
  @Override
  public int hashCode() {
    return Secret.class.getName().hashCode();
  }

  /** Dots. */
  @Override
  public String toString() {
    return SHOWN_AS;
  }
}
