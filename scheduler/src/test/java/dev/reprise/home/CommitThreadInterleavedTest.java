package dev.reprise.home;

import dev.reprise.cache.testing.BrokenCode;
import dev.reprise.cache.testing.Interleavings;
import dev.reprise.cache.testing.Interleavings.How;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that are submitted and given up at any moment: "Test architecture" 8 of FAULTS. */
class CommitThreadInterleavedTest {
  @TempDir Path folder;

  @Test
  void submit_anyOrderWithGivingUp_eachResultIsSettledOnce() throws Exception {
    Interleavings.assertHold(How.STRESS, CommitOperations.class, CommitOperations.class);
  }

  /** It looks whether the side is closed, and hands over what nobody will settle. */
  @Test
  void submit_withoutItsLock_isFound() throws Exception {
    BrokenCode broken = new BrokenCode(folder).withoutLock(CommitThread.class, "submit");

    Interleavings.assertFound(
        How.STRESS, CommitOperations.class, CommitOperations.class, broken.folder());
  }
}
