package dev.reprise.cache.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A test of something that holds of all bytes, such as that a decoder refuses in its own words what
 * it cannot read.
 */
public interface Fuzzer {
  /** What the search begins with: sound inputs, and every one that ever failed. */
  List<byte[]> seeds() throws Exception;

  /** Fails, with whatever it throws, if it does not hold of these bytes. */
  void check(byte[] any) throws Exception;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES) // the search has an end of its own
  default void check_whateverBytesThereAre_holds(@TempDir Path folder) throws Exception {
    Fuzzing.assertHolds(getClass(), folder);
  }
}
