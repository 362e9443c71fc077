package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.Fuzzer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Any record is code that is written as it was read, or tells of none. */
final class CodeFingerprintFormatFuzzTest implements Fuzzer {
  /** Bytes of a memo's record in front of its content: version and digest. */
  private static final int FRONT = Integer.BYTES + Fingerprint.BYTES;

  @Override
  public List<byte[]> seeds() {
    Fingerprint part = Hasher.of("part").finish();
    TreeMap<String, Fingerprint> parts = new TreeMap<>();
    parts.put("com.acme.A", part);
    parts.put("com.acme.B.b()", part);
    CodeFingerprint code = CodeFingerprint.of(Mode.CLOSURE, parts, List.of("it reflects"));
    MemoRecord record = new MemoRecord(3, List.of("lib/a.jar"), List.of("com/acme/"), part, code);
    return List.of(CodeFingerprintFormat.write(code).array(), record.write().array());
  }

  @Override
  public void check(byte[] any) {
    CodeFingerprint code = CodeFingerprintFormat.read(Bytes.wrap(any));
    if (code != null) {
      assertThat(CodeFingerprintFormat.read(CodeFingerprintFormat.write(code))).isEqualTo(code);
    }
    checkMemo(any);
    checkMemo(sealed(any));
  }

  private static void checkMemo(byte[] any) {
    MemoRecord record = MemoRecord.read(Bytes.wrap(any));
    if (record != null) {
      assertThat(MemoRecord.read(record.write())).isEqualTo(record);
    }
  }

  /** The bytes with the digest right. */
  private static byte[] sealed(byte[] any) {
    if (any.length < FRONT) {
      return any;
    }
    byte[] content = Arrays.copyOfRange(any, FRONT, any.length);
    byte[] sealed = any.clone();
    byte[] digest = Hasher.sha256().digest(content);
    System.arraycopy(digest, 0, sealed, Integer.BYTES, digest.length);
    return sealed;
  }
}
