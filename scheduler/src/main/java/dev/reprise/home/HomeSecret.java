package dev.reprise.home;

import dev.reprise.cache.fingerprint.SecretKeyring;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The key under which secrets enter cache keys: 32 random bytes in the home, for its owner alone,
 * made at first need. Another home has another key, so steps with secrets run once in each.
 *
 * <p>Once there, the file is replaced only if it was cut short, as by a disk that lost what was
 * written last: a key that cannot be read just now is good the next time, and to make another would
 * cost all steps with secrets.
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
    try {
      if (Files.notExists(file)) {
        return make(false);
      }
      byte[] kept = Files.readAllBytes(file);
      return kept.length < SecretKeyring.MIN_BYTES ? make(true) : kept;
    } catch (IOException e) {
      if (writable || Files.exists(file)) { // else the home itself is what the user was told of
        warnings.accept(
            "steps with secrets are computed anew: their key %s cannot be read or made (%s)"
                .formatted(file, e));
      }
      return random();
    }
  }

  /**
   * Makes a key, unless another process has just done so: then that one is it.
   *
   * @param useless whether there is a file, too short to be of use to anybody
   */
  private byte[] make(boolean useless) throws IOException {
    byte[] key = random();
    if (!writable) {
      return key;
    }
    // Its owner alone may read what createTempFile makes.
    Path fresh = Files.createTempFile(file.getParent(), "secret", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(key));
        channel.force(true);
      }
      if (useless) {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } else {
        publish(fresh);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
    return Files.readAllBytes(file);
  }

  private void publish(Path fresh) throws IOException {
    try {
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      // Another process was first.
    } catch (UnsupportedOperationException | IOException e) {
      Files.move(fresh, file); // a file system without links
    }
  }

  private static byte[] random() {
    byte[] key = new byte[SecretKeyring.MIN_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }
}
