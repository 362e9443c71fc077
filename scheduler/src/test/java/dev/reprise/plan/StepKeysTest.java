package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.NamedCache;
import dev.reprise.task.Task0;
import dev.reprise.task.Tasks;
import dev.reprise.testing.FakeResolver;
import dev.reprise.testing.FakeValues;
import dev.reprise.testing.GraphMaker;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StepKeysTest {
  private final FakeResolver resolver = new FakeResolver();
  private final TreeMap<String, Object> engine = new TreeMap<>();

  // ---- what workers are told --------------------------------------------------------------------

  /** Workers load the libraries and look at the resources of a task whether it is kept or not. */
  @Test
  void librariesAndReads_taskThatKeepsNothing_areThoseOfItsCode() {
    resolver.code.put(
        "clean",
        Map.of("clean()", 1, "package com.acme.text", 1, "resource com/acme/words.txt", 1));
    for (Task0<String> task : List.of(clean(), clean().uncached())) {
      StepKeys keys = keys(task);
      assertThat(keys.libraries(0)).containsExactly("com.acme.text");
      assertThat(keys.reads(0)).containsExactly("com/acme/words.txt");
    }
  }

  @Test
  void librariesAndReads_codeThatCannotBeRead_areNone() {
    resolver.unreadable.put("clean", "no class file of test.Tasks");
    for (Task0<String> task : List.of(clean(), clean().uncached())) {
      StepKeys keys = keys(task);
      assertThat(keys.libraries(0)).isEmpty();
      assertThat(keys.reads(0)).isEmpty();
    }
  }

  // ---- keys that users write --------------------------------------------------------------------

  @Test
  void writtenKey_settingOfTheEngine_isInItAndShown() {
    engine.put("timeZone", "UTC");
    StepKey first = written();
    engine.put("timeZone", "CET");
    StepKey second = written();
    assertThat(second.task()).isNotEqualTo(first.task());
    assertThat(second.parts().engine()).isEqualTo(Map.of("timeZone", "CET"));
    engine.put("timeZone", "UTC");
    assertThat(written().task()).isEqualTo(first.task());
  }

  /** FAULTS: secrets are in keys as an HMAC alone. */
  @Test
  void writtenKey_secretSetting_isInItAndShownAsItsDigestAlone() {
    engine.put("password", Secret.of("hunter2"));
    StepKey first = written();
    engine.put("password", Secret.of("*******"));
    StepKey second = written();
    assertThat(second.task()).isNotEqualTo(first.task());
    assertThat(second.parts().engine()).isNotEqualTo(first.parts().engine());
    assertThat(second.parts().engine().get("password")).startsWith(Secret.SHOWN_AS);
    assertThat(second.parts().toString()).doesNotContain("hunter2", "*******");
  }

  private StepKey written() {
    return keys(clean().keptIn(new NamedCache("prices"), "all")).of(0);
  }

  private static Task0<String> clean() {
    return Tasks.task(() -> "").named("clean");
  }

  private StepKeys keys(Task0<String> task) {
    GraphMaker maker = new GraphMaker();
    maker.step("step", task.spec());
    TaskGraph graph = maker.build();
    return new StepKeys(graph, resolver, new FakeValues(), node -> engine);
  }
}
