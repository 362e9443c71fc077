package dev.reprise.testing;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.plan.ValueEncoder;
import org.jspecify.annotations.Nullable;

/** Gives values the canonical form of their type and text; threads have none. */
public final class FakeValues implements ValueEncoder {
  @Override
  public Fingerprint digest(@Nullable Object value, MetClasses met)
      throws NoCanonicalFormException {
    if (value != null) {
      met.instance(value.getClass());
    }
    if (value instanceof Thread) {
      throw new NoCanonicalFormException("", "a thread has no canonical form");
    }
    return of(value);
  }

  /** The digest of a value that has a form. */
  public static Fingerprint of(@Nullable Object value) {
    return Hasher.of("value")
        .putString(value == null ? "null" : value.getClass().getName())
        .putString(String.valueOf(value instanceof Secret<?> secret ? secret.reveal() : value))
        .finish();
  }

  @Override
  public String preview(@Nullable Object value) {
    return String.valueOf(value);
  }
}
