package dev.reprise.executor.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LocalSettingsTest {
  @Test
  void from_noOptions_isWhatTheMachineHas() {
    LocalSettings settings = settings(0, Map.of("ray.address", "none of ours"));

    assertThat(settings.usualUnits()).isEqualTo(8);
    assertThat(settings.cpus()).isEqualTo(8);
    assertThat(settings.memoryBytes()).isEqualTo(750);
    assertThat(settings.grace()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void from_fewerUnitsThanProcessors_oneUnitMayStillClaimThemAll() {
    LocalSettings settings = settings(1, Map.of());

    assertThat(settings.units()).isEqualTo(1);
    assertThat(settings.cpus()).isEqualTo(8);
  }

  @Test
  void from_moreUnitsThanProcessors_theyRun() {
    LocalSettings settings = settings(100, Map.of());

    assertThat(settings.units()).isEqualTo(100);
    assertThat(settings.cpus()).isEqualTo(100);
  }

  @Test
  void from_moreUnitsThanThreadsAreSensible_isAsManyAsThere() {
    LocalSettings settings = settings(Integer.MAX_VALUE, Map.of());

    assertThat(settings.units()).isEqualTo(1024);
    assertThat(settings.cpus()).isEqualTo(1024);
  }

  @Test
  void from_longGraceAndLargeMemory_areRead() {
    LocalSettings settings = settings(0, Map.of("local.grace", "30d", "local.memory", "1t"));

    assertThat(settings.grace()).isEqualTo(Duration.ofDays(30));
    assertThat(settings.memoryBytes()).isEqualTo(1L << 40);
  }

  @Test
  void from_options_areRead() {
    LocalSettings settings = settings(0, Map.of("local.grace", "250ms", "local.memory", "4g"));

    assertThat(settings.grace()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.memoryBytes()).isEqualTo(4L << 30);
  }

  @Test
  void from_unknownOption_isRefusedWithTheNearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(0, Map.of("local.grasce", "5s")))
        .withMessageContaining("'local.grasce'; did you mean 'local.grace'?");
  }

  @Test
  void from_badValues_areRefusedWithWhatIsWanted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(0, Map.of("local.grace", "soon")))
        .withMessageContaining("local.grace cannot be 'soon': write 500ms, 5s or 2m");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(0, Map.of("local.memory", "much")))
        .withMessageContaining("local.memory cannot be 'much': write 512m or 4g");
    assertThatIllegalArgumentException().isThrownBy(() -> settings(-1, Map.of()));
  }

  private static LocalSettings settings(int maxParallel, Map<String, String> options) {
    Setting setting =
        new Setting(
            "r1", new InMemoryResultStore(), Path.of("store"), maxParallel, new TreeMap<>(options));
    return LocalSettings.from(setting, 8, 1000);
  }
}
