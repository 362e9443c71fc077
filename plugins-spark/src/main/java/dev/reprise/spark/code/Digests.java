package dev.reprise.spark.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** SHA-256 of files and bytes, as {@code sha256sum} tells it. */
final class Digests {
  private Digests() {}

  static Fingerprint of(byte[] bytes) {
    return Fingerprint.of(Hasher.sha256().digest(bytes));
  }

  static Fingerprint of(Path file) throws IOException {
    MessageDigest sha = Hasher.sha256();
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha));
    }
    return Fingerprint.of(sha.digest());
  }
}
