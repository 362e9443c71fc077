package dev.reprise.cache.code;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fingerprint with what must still be so for it to hold.
 *
 * @param entries how many places of the search path count, from the first one on
 * @param added places that manifests add to the search path
 * @param folders packages that were looked into, as {@code com/acme/}
 * @param state what these places and these packages looked like
 * @param fingerprint what was found
 */
record MemoRecord(
    int entries,
    List<String> added,
    List<String> folders,
    Fingerprint state,
    CodeFingerprint fingerprint) {
  private static final int VERSION = 3;

  /** Format version, digest of what follows, and that. */
  Bytes write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] content = content();
      out.writeInt(VERSION);
      out.write(Hasher.sha256().digest(content));
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory take anything", e);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  private byte[] content() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(entries);
    CodeFingerprintFormat.writeTexts(added, out);
    CodeFingerprintFormat.writeTexts(folders, out);
    out.write(state.bytes());
    out.write(CodeFingerprintFormat.write(fingerprint).array());
    return bytes.toByteArray();
  }

  /** The record whose bytes these are; null if they are damaged or of another version. */
  static @Nullable MemoRecord read(Bytes bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.array()))) {
      if (in.readInt() != VERSION) {
        return null;
      }
      byte[] digest = in.readNBytes(Fingerprint.BYTES);
      byte[] content = in.readAllBytes();
      return Arrays.equals(digest, Hasher.sha256().digest(content)) ? parse(content) : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable MemoRecord parse(byte[] content) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
    int entries = in.readInt();
    List<String> added = CodeFingerprintFormat.readTexts(in);
    List<String> folders = CodeFingerprintFormat.readTexts(in);
    Fingerprint state = Fingerprint.of(in.readNBytes(Fingerprint.BYTES));
    CodeFingerprint found = CodeFingerprintFormat.read(Bytes.wrap(in.readAllBytes()));
    return found == null ? null : new MemoRecord(entries, added, folders, state, found);
  }
}
