package dev.reprise.home;

import dev.reprise.cache.fingerprint.SecretKeyring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The key under which secrets enter cache keys: 32 random bytes in the home, for its owner alone,
 * made at first need. Another home has another key, so steps with secrets run once in each.
 *
 * <p>Once there, another is made only if it was cut short, as by a disk that lost what was written
 * last: a key that cannot be read just now is good the next time, and to make another would cost
 * all steps with secrets.
 */
final class HomeSecret {
  private final Path file;
  private final boolean writable;
  private final Consumer<String> warnings;
  private @Nullable SecretKeyring keyring;

  /**
   * @param warnings told if the key can be neither read nor kept
   */
  HomeSecret(Path home, boolean writable, Consumer<String> warnings) {
    this.file = home.resolve("secret.key");
    this.writable = writable;
    this.warnings = warnings;
  }

  /** The key; one for this process alone if it can be neither read nor kept. */
  synchronized SecretKeyring keyring() {
    SecretKeyring known = keyring;
    if (known == null) {
      known = SecretKeyring.of(readOrMake());
      keyring = known;
    }
    return known;
  }

  private byte[] readOrMake() {
    OnceFile kept =
        new OnceFile(file, key -> key.length >= SecretKeyring.MIN_BYTES, HomeSecret::random);
    try {
      return kept.readOrMake(writable);
    } catch (IOException e) {
      if (writable || Files.exists(file)) { // else the home itself is what the user was told of
        warnings.accept(
            "steps with secrets are computed anew: their key %s cannot be read or made (%s)"
                .formatted(file, e));
      }
      return random();
    }
  }

  private static byte[] random() {
    byte[] key = new byte[SecretKeyring.MIN_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }
}
