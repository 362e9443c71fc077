package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The identity of class files that never change. Where a digest here changes, users' tasks run
 * again after an upgrade: change it on purpose only, and raise the number of rules in {@link
 * MemoKeeper}.
 */
class GoldenCodeTest {
  @Test
  void closure_goldenClasses_isAsEver() throws Exception {
    URL[] places = {GoldenCodeTest.class.getResource("/golden/code/")};
    MethodRef task =
        new MethodRef(
            "com.acme.Golden",
            "task",
            "(Ljava/util/List;Lcom/acme/Golden$Color;Ljava/lang/String;)I");
    try (URLClassLoader loader = new URLClassLoader(places, null);
        ClassSource source = ClassSource.of(loader)) {
      CodeFingerprinter fingerprinter = new CodeFingerprinter(source);
      CodeFingerprint closure = fingerprinter.closure(task);
      assertThat(
              List.of(
                  closure.digest().toString(),
                  fingerprinter.body(task).digest().toString(),
                  CodeFingerprinter.manual("1").digest().toString()))
          .as(String.join("\n", closure.parts().keySet()))
          .containsExactly(
              "46b81a520631893a179a0bc40b1bd386f724735f04e975302405c067c455cf84",
              "9baa71d949688312210549e56ddace11228cd23e18dc28d8ae6d1708c2373da2",
              "59dcf184a99aeb6e12fb6319b477588da0a1f5dadfea28f7b8d6eccfb1e7a988");
    }
  }
}
