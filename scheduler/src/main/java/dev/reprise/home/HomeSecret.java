package dev.reprise.home;

import dev.reprise.cache.fingerprint.SecretKeyring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key under which secrets enter cache keys: 32 random bytes in the home, for its owner alone,
 * made at first need. Another home has another key, so steps with secrets run once in each.
 */
final class HomeSecret {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final boolean writable;
  private @Nullable SecretKeyring keyring;

  HomeSecret(Path home, boolean writable) {
    this.file = home.resolve("secret.key");
    this.writable = writable;
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
      byte[] kept = Files.readAllBytes(file);
      if (kept.length >= SecretKeyring.MIN_BYTES) {
        return kept;
      }
    } catch (IOException e) {
      // There is none yet, or it may not be read: a new one costs a recomputation.
      return make();
    }
    return make();
  }

  private byte[] make() {
    byte[] key = new byte[SecretKeyring.MIN_BYTES];
    new SecureRandom().nextBytes(key);
    if (!writable) {
      return key;
    }
    try {
      Files.deleteIfExists(file);
      boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      if (posix) {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
      }
      Files.write(file, key);
    } catch (IOException e) {
      return key; // kept for this process alone
    }
    return key;
  }
}
