package dev.reprise.run;

import static dev.reprise.run.LabPipelines.names;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.graph.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Results that were found are read before they are put at paths of the user's. */
class PublishingTest {
  private static final Pipeline.Definition CLEANED =
      p -> {
        Partitions<String> source =
            p.fanOut("source", task((Integer count) -> names(count)).named("source"), p.value(2));
        p.result(
            "clean",
            p.perPartition("clean", task((String of) -> "clean " + of).named("clean"), source));
      };

  private final RunLab lab = new RunLab();
  private final List<Manifest> read = new ArrayList<>();
  private final List<Publication> published = new ArrayList<>();

  @BeforeEach
  void keepAsBlobs() {
    lab.store.asBlobs = true;
    lab.run(CLEANED);
    lab.publisher = new LabPublisher();
  }

  private final class LabPublisher implements Publisher {
    @Override
    public List<Publication> publications() {
      return List.of(new Publication("clean", Path.of("/out"), "txt"));
    }

    @Override
    public void check(Manifest manifest) throws DamagedBlobException {
      read.add(manifest);
      for (PartitionRef partition : manifest.partitions()) {
        if (partition.location() instanceof Location.Stored stored) {
          BlobRef blob = stored.blob();
          byte @Nullable [] bytes = lab.store.blobs.get(blob.address());
          if (bytes == null || !LabStore.address(bytes).equals(blob.address())) {
            throw new DamagedBlobException(blob, bytes == null, "damaged");
          }
        }
      }
    }

    @Override
    public State state(Publication publication, @Nullable Fingerprint content) {
      return State.NEW;
    }

    @Override
    public State publish(Publication publication, Content content, Caller caller) {
      published.add(publication);
      return State.NEW;
    }
  }

  @Test
  void run_resultIsReadForLong_isTold() {
    lab.threadsTake = Duration.ofSeconds(12);
    lab.run(CLEANED);
    assertThat(read).hasSize(2);
    assertThat(lab.warnings).hasSize(1);
    assertThat(lab.warnings.get(0)).startsWith("PUBLISH_SLOW").contains("for 10s so far");
    assertThat(published).hasSize(1);
  }

  @Test
  void run_resultIsReadTwiceSinceAPieceWasDamaged_eachTimeHasItsOwnLimit() {
    byte[] blob = lab.store.blobs.get(LabStore.address(RunLab.encode("clean m0")));
    blob[0] ^= 1;
    lab.threadsTake = Duration.ofSeconds(6);
    long began = lab.now();
    lab.run(CLEANED);
    assertThat(lab.now() - began).isGreaterThan(Duration.ofSeconds(12).toNanos());
    assertThat(read).as("both, and then the one that was not made again").hasSize(3);
    assertThat(lab.executions.keySet()).containsExactly("clean:0");
    assertThat(lab.warnings).noneMatch(text -> text.startsWith("PUBLISH_SLOW"));
    assertThat(published).hasSize(1);
  }
}
