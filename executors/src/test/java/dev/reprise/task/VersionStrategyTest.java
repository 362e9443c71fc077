package dev.reprise.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionStrategyTest {
  @Test
  void named_severalTogether_keepTheirVersionsApart() {
    VersionStrategy one = step -> "1";
    VersionStrategy two = step -> "2";

    VersionStrategy release = VersionStrategy.named("release", one.and(two));

    assertThat(release.name()).isEqualTo("release");
    assertThat(release.parts()).containsExactly(one, two);
    assertThat(VersionStrategy.named("alone", one).parts())
        .extracting(VersionStrategy::name)
        .containsExactly("alone");
  }
}
