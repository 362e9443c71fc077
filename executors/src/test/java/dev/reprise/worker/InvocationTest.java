package dev.reprise.worker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.executor.TaskCode.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The user's methods as workers find them. */
class InvocationTest {
  /** What user code is. */
  public static final class Users {
    private final List<Object> given;

    Users(List<Object> given) {
      this.given = given;
    }

    static int size(List<Object> values) {
      return values.size();
    }

    static int size(String text) {
      return text.length();
    }

    int size() {
      return -given.size();
    }
  }

  private static final MethodRef SIZE =
      new MethodRef(Users.class.getName(), "size", "(Ljava/util/List;)I");

  /** As each run of a driver has a worker of its own. */
  @Test
  void find_againByTheSameLoader_isTheOneThatTheJvmHasCompiled() throws Exception {
    Invocation found = find(SIZE, Kind.STATIC, Users.class.getClassLoader());

    assertThat(find(SIZE, Kind.STATIC, Users.class.getClassLoader())).isSameAs(found);
  }

  @Test
  void find_methodsOfOneNameAndAConstructor_eachIsItsOwn() throws Throwable {
    ClassLoader loader = Users.class.getClassLoader();
    Invocation ofClass = find(SIZE, Kind.STATIC, loader);
    Invocation ofText =
        find(new MethodRef(SIZE.owner(), "size", "(Ljava/lang/String;)I"), Kind.STATIC, loader);
    Invocation ofObject = find(new MethodRef(SIZE.owner(), "size", "()I"), Kind.VIRTUAL, loader);
    Invocation making =
        find(
            new MethodRef(SIZE.owner(), "<init>", "(Ljava/util/List;)V"), Kind.CONSTRUCTOR, loader);

    Object users = making.call(new Object[] {List.of("a", "b")});

    assertThat(ofClass.call(new Object[] {List.of("a", "b")})).isEqualTo(2);
    assertThat(ofText.call(new Object[] {"abc"})).isEqualTo(3);
    assertThat(ofObject.call(new Object[] {users})).isEqualTo(-2);
  }

  @Test
  void find_classOfTheSameNameByAnotherLoader_isItsOwn() throws Exception {
    Invocation found = find(SIZE, Kind.STATIC, Users.class.getClassLoader());
    ClassLoader other = new Copying();

    Invocation others = find(SIZE, Kind.STATIC, other);

    assertThat(others).isNotSameAs(found).isSameAs(find(SIZE, Kind.STATIC, other));
  }

  private static Invocation find(MethodRef method, Kind kind, ClassLoader loader)
      throws ReflectiveOperationException {
    return Invocation.find(method, kind, loader);
  }

  /** Makes a class of its own of the users' one. */
  private static final class Copying extends ClassLoader {
    Copying() {
      super(Users.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Users.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known != null ? known : copy(name);
    }

    private Class<?> copy(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = requireNonNull(getParent().getResourceAsStream(file), file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
