package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileMemo;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Digests of files that nothing is known of, against a bare loop of reading and digesting. */
public final class ChangedFiles implements Comparison {
  private static final int BUFFER = 256 << 10;

  private final Ticker ticker = Ticker.system();
  private final List<Path> files;
  private List<Fingerprint> found = List.of();

  public ChangedFiles(Path folder, int count, int bytes) throws IOException {
    files = SourceFolder.make(folder, count, bytes);
  }

  @Override
  public double ours() throws IOException {
    FileFingerprinter fingerprinter =
        new FileFingerprinter(
            FileMemo.NONE, InstantSource.system(), FileFingerprinter.DEFAULT_TICK);
    long begun = ticker.nanos();
    List<Fingerprint> digests = new ArrayList<>(files.size());
    for (Path file : files) {
      digests.add(fingerprinter.file(file));
    }
    double nanos = ticker.nanos() - begun;
    found = digests;
    return nanos;
  }

  @Override
  public double peer() throws IOException, GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    long begun = ticker.nanos();
    List<byte[]> digests = new ArrayList<>(files.size());
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file)) {
        while (channel.read(buffer.clear()) > 0) {
          sha256.update(buffer.flip());
        }
      }
      digests.add(sha256.digest());
    }
    double nanos = ticker.nanos() - begun;
    checkState(
        digests.stream().map(Fingerprint::of).toList().equals(found), "the digests are others");
    return nanos;
  }
}
