import { useId, useState } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Field } from '../kit/field.tsx';
import { Problem } from '../kit/problem.tsx';
import { problemOfField } from '../kit/problems.ts';
import { useRally } from '../kit/surroundings.ts';
import { TabBar } from '../kit/tab-bar.tsx';

const TABS = ['logIn', 'signUp'] as const;

/** Logs in whoever has an account, and makes one for whoever has none. */
export function SignIn() {
  const words = useWords(WORDS);
  const [tab, setTab] = useState<(typeof TABS)[number]>('logIn');
  const panel = useId();
  return (
    <main class="sign-in">
      <header class="sign-in-head">
        <img src="/icon.svg" alt="" width="56" height="56" />
        <h1>Rally</h1>
        <p>{words.welcome}</p>
      </header>
      <div class="sign-in-card">
        <TabBar
          label={words.account}
          tabs={TABS}
          nameOf={(one) => words[one]}
          chosen={tab}
          panel={panel}
          onChoose={(one) => setTab(one)}
        />
        <div id={panel} role="tabpanel" aria-label={words[tab]}>
          {tab === 'signUp' ? <SignUpForm /> : <LogInForm />}
        </div>
      </div>
    </main>
  );
}

function LogInForm() {
  const words = useWords(WORDS);
  const { api } = useRally();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const logIn = useAction(() => api.logIn({ username, password }));
  return (
    <form class="form" onSubmit={submitting(logIn.run)}>
      <Field
        label={words.nameOrEmail}
        value={username}
        onInput={setUsername}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
        autofocus
      />
      <Field
        label={words.password}
        value={password}
        onInput={setPassword}
        isSecret
        autocomplete="current-password"
        required
      />
      <Problem error={logIn.error} />
      <button type="submit" class="button is-primary" aria-busy={logIn.isRunning}>
        {words.logIn}
      </button>
    </form>
  );
}

function SignUpForm() {
  const words = useWords(WORDS);
  const { api } = useRally();
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signUp = useAction(() => api.signUp({ username, email, password, password_repeat: password }));
  const problemOf = (field: string) => fieldProblem(signUp.error, field, words);
  return (
    <form class="form" onSubmit={submitting(signUp.run)}>
      <Field
        label={words.username}
        hint={words.usernameHint}
        problem={problemOf('username')}
        value={username}
        onInput={setUsername}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        maxLength={50}
        required
        autofocus
      />
      <Field
        label={words.email}
        problem={problemOf('email')}
        value={email}
        onInput={setEmail}
        inputMode="email"
        autocomplete="email"
        required
      />
      <Field
        label={words.password}
        hint={words.passwordHint}
        problem={problemOf('password')}
        value={password}
        onInput={setPassword}
        isSecret
        autocomplete="new-password"
        required
      />
      <Problem error={signUp.error} />
      <button type="submit" class="button is-primary" aria-busy={signUp.isRunning}>
        {words.signUp}
      </button>
    </form>
  );
}

const submitting = (run: () => Promise<void>) => (event: Event) => {
  event.preventDefault();
  void run();
};

/** What the server says of this field, in the reader's language. */
function fieldProblem(error: unknown, field: string, words: typeof WORDS.en): string | undefined {
  const found = problemOfField(error, field);
  if (!found) return undefined;
  return found.type === 'taken' ? words.taken : words.invalid[field as keyof typeof words.invalid];
}

const WORDS = dictionary({
  en: {
    welcome: 'Talk, meet and play with your community.',
    account: 'Account',
    logIn: 'Log in',
    signUp: 'Sign up',
    nameOrEmail: 'Username or email',
    username: 'Username',
    usernameHint: 'Letters, digits and _ . @ + -',
    email: 'Email',
    password: 'Password',
    passwordHint: 'At least 8 characters, with a letter and a digit',
    taken: 'Somebody has this one already.',
    invalid: {
      username: 'Only letters, digits and _ . @ + - please, 50 at most.',
      email: 'This is no email address.',
      password: 'At least 8 characters, with a letter and a digit, and without your username.',
    },
  },
  fr: {
    welcome: 'Parlez, rencontrez et jouez avec votre communauté.',
    account: 'Compte',
    logIn: 'Se connecter',
    signUp: 'S’inscrire',
    nameOrEmail: 'Nom ou e-mail',
    username: 'Nom',
    usernameHint: 'Lettres, chiffres et _ . @ + -',
    email: 'E-mail',
    password: 'Mot de passe',
    passwordHint: 'Au moins 8 caractères, dont une lettre et un chiffre',
    taken: 'Quelqu’un l’a déjà.',
    invalid: {
      username: 'Seulement des lettres, des chiffres et _ . @ + -, 50 au plus.',
      email: 'Ce n’est pas une adresse e-mail.',
      password: 'Au moins 8 caractères, dont une lettre et un chiffre, et sans votre nom.',
    },
  },
});
