package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.testing.Samples;
import dev.reprise.run.Commits.Finished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommittingTest {
  private static final Finished FINISHED =
      new Finished(
          1,
          null,
          Manifest.one(Samples.inline(1, 10)),
          Samples.origin(1),
          null,
          null,
          Mode.FIRST_WINS,
          Samples.content(1),
          false,
          null,
          null);

  private final List<String> told = new ArrayList<>();
  private long now;
  private String asked = "";
  private final Committing committing =
      new Committing(new Hanging(), () -> now, () -> asked, told::add, told::add);

  /** Settles nothing. */
  private static final class Hanging implements Commits {
    @Override
    public String where() {
      return "the store";
    }

    @Override
    public void submit(List<Finished> batch) {}

    @Override
    public void setAside(BlobRef blob) {}

    @Override
    public void remember(PutNote note) {}

    @Override
    public void discard(Manifest manifest) {}

    @Override
    public boolean close(Duration patience, String why) {
      return false;
    }
  }

  @Test
  void check_probesAreAsked_theyAreToldAsSlowAndNotTheStore() {
    committing.add(FINISHED);
    committing.flush();
    asked = "'orders', 'prices'";
    now = Patience.COMMIT_SLOW.toNanos();
    committing.check();
    assertThat(told)
        .containsExactly(
            "1 results wait to be kept until it is known whether what some take has changed;"
                + " the probe of 'orders', 'prices' does not answer for 10 s");
  }

  @Test
  void check_noProbeIsAsked_theStoreIsToldAsSlow() {
    committing.add(FINISHED);
    committing.flush();
    now = Patience.COMMIT_SLOW.toNanos();
    committing.check();
    assertThat(told).hasSize(1).first().asString().contains("the store does not answer for 10 s");
  }
}
