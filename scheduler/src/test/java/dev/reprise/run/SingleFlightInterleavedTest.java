package dev.reprise.run;

import dev.reprise.cache.testing.BrokenCode;
import dev.reprise.cache.testing.Interleavings;
import dev.reprise.cache.testing.Interleavings.How;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal units of the runs of a driver, in every order: FAULTS row 35, "Test architecture" 8. */
class SingleFlightInterleavedTest {
  @TempDir Path folder;

  @Test
  @Shows("Fault 35")
  void runs_sameUnitInAnyOrder_makeItOnceAndWakeEachOther() throws Exception {
    Interleavings.assertHold(How.MODEL_CHECKING, FlightOperations.class, FlightOperations.class);
  }

  @Test
  void runs_notLookedForAgainWhenOthersLetGo_isFound() throws Exception {
    BrokenCode broken = new BrokenCode(folder).answering(SingleFlight.class, "othersLetGo", false);

    Interleavings.assertFound(
        How.MODEL_CHECKING, FlightOperations.class, FlightOperations.class, broken.folder());
  }
}
