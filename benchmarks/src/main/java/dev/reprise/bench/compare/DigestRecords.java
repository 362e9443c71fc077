package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import java.io.ByteArrayOutputStream;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.List;

/**
 * What was digested with SHA-256 while something was done: all of it in one array, and where each
 * record ends. So a peer can digest the same bytes in the same pieces, however they came about.
 */
final class DigestRecords {
  private static final String ALGORITHM = "SHA-256";
  private static final int BYTES = 32;

  private final byte[] bytes;
  private final int[] ends;

  private DigestRecords(byte[] bytes, int[] ends) {
    this.bytes = bytes;
    this.ends = ends;
  }

  /** Something that digests, with digests that it makes itself, in one thread. */
  @FunctionalInterface
  interface Work {
    /** Does it. */
    void run() throws Exception;
  }

  /** Does something, and takes down what that digests. */
  static DigestRecords of(Work work) throws Exception {
    Recorder recorder = new Recorder(MessageDigest.getInstance(ALGORITHM).getProvider());
    checkState(Security.insertProviderAt(recorder, 1) == 1, "digests cannot be taken down");
    try {
      work.run();
    } finally {
      Security.removeProvider(recorder.getName());
    }
    return new DigestRecords(
        recorder.bytes.toByteArray(), Arrays.copyOf(recorder.ends, recorder.count));
  }

  /** How many there are. */
  int count() {
    return ends.length;
  }

  /** How many bytes they have together. */
  int size() {
    return bytes.length;
  }

  /** Digests them one after the other; returns the digests side by side, 32 bytes each. */
  byte[] digests() throws GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance(ALGORITHM);
    byte[] digests = new byte[ends.length * BYTES];
    int from = 0;
    for (int i = 0; i < ends.length; i++) {
      sha256.update(bytes, from, ends[i] - from);
      sha256.digest(digests, i * BYTES, BYTES);
      from = ends[i];
    }
    return digests;
  }

  /** Hands out digests that are those of another provider, and take down what they are given. */
  private static final class Recorder extends Provider {
    private static final long serialVersionUID = 1;

    private final transient ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private transient int[] ends = new int[1024];
    private transient int count;

    Recorder(Provider real) {
      super("reprise-bench-records", "1", "takes down what is digested");
      putService(
          new Service(this, "MessageDigest", ALGORITHM, Digest.class.getName(), List.of(), null) {
            @Override
            public Object newInstance(Object parameter) {
              try {
                return new Digest(MessageDigest.getInstance(ALGORITHM, real), Recorder.this);
              } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
              }
            }
          });
    }

    void end() {
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, 2 * count);
      }
      ends[count++] = bytes.size();
    }
  }

  private static final class Digest extends MessageDigestSpi {
    private final MessageDigest real;
    private final Recorder recorder;

    Digest(MessageDigest real, Recorder recorder) {
      this.real = real;
      this.recorder = recorder;
    }

    @Override
    protected void engineUpdate(byte input) {
      engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      recorder.bytes.write(input, offset, length);
      real.update(input, offset, length);
    }

    @Override
    protected byte[] engineDigest() {
      recorder.end();
      return real.digest();
    }

    @Override
    protected int engineDigest(byte[] to, int offset, int length) throws DigestException {
      recorder.end();
      return real.digest(to, offset, length);
    }

    @Override
    protected void engineReset() {
      real.reset();
    }

    @Override
    protected int engineGetDigestLength() {
      return BYTES;
    }
  }
}
