package dev.reprise.plan;

import dev.reprise.cache.fingerprint.CanonicalEncoder;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.cache.fingerprint.Preview;
import org.jspecify.annotations.Nullable;

/** Gives a value that the user passed its place in a key. */
public interface ValueEncoder {
  /** The one whose digests are {@code encoder}'s. */
  static ValueEncoder of(CanonicalEncoder encoder) {
    return new ValueEncoder() {
      @Override
      public Fingerprint digest(@Nullable Object value, MetClasses met)
          throws NoCanonicalFormException {
        return encoder.fingerprint(value, met);
      }

      @Override
      public String preview(@Nullable Object value) {
        return Preview.of(value);
      }
    };
  }

  /**
   * The digest of the value's canonical form.
   *
   * @throws NoCanonicalFormException if it has none: there is no key then
   */
  default Fingerprint digest(@Nullable Object value) throws NoCanonicalFormException {
    return digest(value, new MetClasses());
  }

  /**
   * The same, with the classes that are in the value.
   *
   * @param met gets the classes whose methods may run when the value is used
   */
  Fingerprint digest(@Nullable Object value, MetClasses met) throws NoCanonicalFormException;

  /** The value in short, for people; a secret is not shown. */
  String preview(@Nullable Object value);
}
