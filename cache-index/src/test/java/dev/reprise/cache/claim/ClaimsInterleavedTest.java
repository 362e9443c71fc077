package dev.reprise.cache.claim;

import dev.reprise.cache.testing.BrokenCode;
import dev.reprise.cache.testing.Interleavings;
import dev.reprise.cache.testing.Interleavings.How;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims in many threads, in every order: FAULTS rows 35 and 41, "Test architecture" 8. */
class ClaimsInterleavedTest {
  @TempDir Path folder;

  @Test
  @Shows({"Fault 35", "Fault 41"})
  void claims_anyOrderOfCalls_areAsIfCalledOneAfterTheOther() throws Exception {
    Interleavings.assertHold(How.MODEL_CHECKING, ClaimsOperations.class, ClaimsModel.class);
  }

  /** Without its lock a method checks first and acts on it later. */
  @ParameterizedTest
  @ValueSource(strings = {"claim", "release"})
  void claims_methodWithoutItsLock_isFound(String method) throws Exception {
    BrokenCode broken = new BrokenCode(folder).withoutLock(InProcessClaims.class, method);

    Interleavings.assertFound(
        How.MODEL_CHECKING, ClaimsOperations.class, ClaimsModel.class, broken.folder());
  }

  @Test
  void claims_lostClaimIsIgnored_isFound() throws Exception {
    BrokenCode broken = new BrokenCode(folder).answering(InProcessClaims.class, "isCurrent", true);

    Interleavings.assertFound(
        How.MODEL_CHECKING, ClaimsOperations.class, ClaimsModel.class, broken.folder());
  }
}
