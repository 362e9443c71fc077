package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.CompiledClasses;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Object codecs, which runs of one driver share and which hold on to no class. */
class SharedKryoCodecTest {
  private record City(String name) {}

  @TempDir Path folder;

  @Test
  void of_sameClasses_isTheSameCodec() {
    KryoCodec codec = KryoCodec.of(RegisteredTypes.of(City.class));

    assertThat(KryoCodec.of(RegisteredTypes.of(City.class))).isSameAs(codec);
    assertThat(KryoCodec.of(RegisteredTypes.NONE)).isNotSameAs(codec);
  }

  @Test
  void of_classesOfOneNameInTwoLoaders_areTwoCodecs() throws Exception {
    Class<?> one = town();
    Class<?> other = town();

    assertThat(KryoCodec.of(RegisteredTypes.of(one)))
        .isNotSameAs(KryoCodec.of(RegisteredTypes.of(other)));
  }

  /** The application's class stays, and so must not hold what knows the other. */
  @Test
  void of_classesOfALoaderAndItsParent_areHeldByTheLoadersOwn() throws Exception {
    RegisteredTypes both = RegisteredTypes.of(City.class, town());

    assertThat(KryoCodec.of(both)).isSameAs(KryoCodec.of(both));
  }

  @Test
  void of_classesOfTwoLoaders_areSharedByNobodySinceOneMayOutliveTheOther() throws Exception {
    Class<?> village =
        CompiledClasses.of(folder, "Village", "public record Village() {}").type("Village");
    RegisteredTypes both = RegisteredTypes.of(town(), village);

    assertThat(KryoCodec.of(both)).isNotSameAs(KryoCodec.of(both));
  }

  /** As in a shell in which somebody edits a pipeline all day. */
  @Test
  @Timeout(60)
  void of_loaderThatNobodyUsesAnyMore_isUnloaded() throws Exception {
    WeakReference<ClassLoader> loader = useAndLetGo();

    while (loader.get() != null) {
      System.gc();
      Thread.sleep(10);
    }
  }

  private WeakReference<ClassLoader> useAndLetGo() throws Exception {
    Class<?> town = town();
    Object value = town.getConstructor(String.class).newInstance("Ulm");
    KryoCodec codec = KryoCodec.of(RegisteredTypes.of(City.class, town));
    codec.encode(value, new ByteArrayOutputStream());
    return new WeakReference<>(town.getClassLoader());
  }

  private Class<?> town() throws Exception {
    return CompiledClasses.of(folder, "Town", "public record Town(String name) {}").type("Town");
  }
}
