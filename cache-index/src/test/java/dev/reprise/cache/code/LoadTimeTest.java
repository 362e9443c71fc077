package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.FileStamp.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadTimeTest {
  private static final Instant MET = Instant.parse("2001-04-01T12:00:00Z");

  @Test
  void mayBeBefore_fileChangedAfterTheLoaderWasMet_may() {
    LoadTime time = LoadTime.since(MET);
    assertThat(time.mayBeBefore(nanos(MET) + 1)).isTrue();
    assertThat(time.mayBeBefore(nanos(MET))).isFalse();
  }

  @Test
  void mayBeBefore_copyThatIsDatedBack_may() {
    LoadTime time = LoadTime.since(MET);
    long before = nanos(MET.minusSeconds(9));
    assertThat(time.mayBeBefore(stamp(before, nanos(MET) + 1))).isTrue();
    assertThat(time.mayBeBefore(stamp(before, before))).isFalse();
    assertThat(time.mayBeBefore(stamp(nanos(MET) + 1, 0))).isTrue();
  }

  @Test
  void mayBeBefore_jvm_filesWrittenSinceItBeganMay() {
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
    assertThat(new JvmStart().mayBeBefore(nanos(Instant.now()))).isTrue();
    assertThat(new JvmStart().mayBeBefore(nanos(start.minus(Duration.ofSeconds(3))))).isFalse();
  }

  private static FileStamp stamp(long modified, long changed) {
    return new FileStamp(Path.of("/a"), 1, modified, changed, "", Kind.FILE);
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
