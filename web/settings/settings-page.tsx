import { useEffect, useState } from 'preact/hooks';
import type { Self } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { Avatar } from '../kit/avatar.tsx';
import { Choice } from '../kit/choice.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { LoadingRows } from '../kit/empty-state.tsx';
import { Field } from '../kit/field.tsx';
import { LANGUAGES } from '../kit/language.ts';
import { Link } from '../kit/link.tsx';
import { Problem } from '../kit/problem.tsx';
import { problemOfField } from '../kit/problems.ts';
import { useReadable } from '../kit/readable.ts';
import { useRally, useSurroundings } from '../kit/surroundings.ts';
import { Switch } from '../kit/switch.tsx';
import { type Preferences, THEMES } from '../page/preferences.ts';

/** One's own nickname and picture, and how the page looks and speaks on this machine. */
export function SettingsPage({ preferences }: { readonly preferences: Preferences }) {
  const words = useWords(WORDS);
  const { stores, api } = useRally();
  const me = useReadable(stores.me);
  const logOut = useAction(() => api.logOut());
  return (
    <div class="narrow">
      <h1>{words.title}</h1>
      {me ? <OwnProfile key={me.username} me={me} /> : <LoadingRows count={2} />}
      <section class="card">
        <h2>{words.here}</h2>
        <Choice
          label={words.theme}
          choices={THEMES}
          nameOf={(theme) => words.themes[theme]}
          chosen={preferences.theme.value}
          onChoose={(theme) => {
            preferences.theme.value = theme;
          }}
        />
        <Choice
          label={words.language}
          choices={['system', ...LANGUAGES]}
          nameOf={(language) => words.languages[language]}
          chosen={preferences.chosenLanguage.value}
          onChoose={(language) => {
            preferences.chosenLanguage.value = language;
          }}
        />
        <BrowserNotifications preferences={preferences} />
      </section>
      <button
        type="button"
        class="button is-lonely"
        aria-busy={logOut.isRunning}
        onClick={() => logOut.run()}
      >
        {words.logOut}
      </button>
    </div>
  );
}

function OwnProfile({ me }: { readonly me: Self }) {
  const words = useWords(WORDS);
  const { showToast } = useSurroundings();
  const { api } = useRally();
  const [nickname, setNickname] = useState(me.nickname);
  const [avatar, setAvatar] = useState(me.avatar);
  useEffect(() => {
    setNickname(me.nickname);
    setAvatar(me.avatar);
  }, [me.nickname, me.avatar]);
  const save = useAction(async () => {
    await api.updateProfile({ nickname, avatar });
    showToast({ key: 'profile', text: words.saved });
  });
  const isChanged = nickname !== me.nickname || avatar !== me.avatar;
  return (
    <section class="card">
      <div class="own-profile">
        <Avatar of={{ ...me, nickname, avatar }} size="large" />
        <Link to={{ page: 'user', username: me.username }}>{words.seeProfile}</Link>
      </div>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <Field
          label={words.nickname}
          hint={words.nicknameHint}
          problem={problemOfField(save.error, 'nickname') && words.nicknameProblem}
          value={nickname}
          onInput={setNickname}
          maxLength={50}
          required
        />
        <Field
          label={words.picture}
          hint={words.pictureHint}
          problem={problemOfField(save.error, 'avatar') && words.pictureProblem}
          value={avatar}
          onInput={setAvatar}
          maxLength={512}
          inputMode="url"
        />
        <Problem error={save.error} />
        <button type="submit" class="button is-primary" disabled={!isChanged} aria-busy={save.isRunning}>
          {words.save}
        </button>
      </form>
    </section>
  );
}

/** Asks the browser only when somebody wants it. */
function BrowserNotifications({ preferences }: { readonly preferences: Preferences }) {
  const words = useWords(WORDS);
  const [permission, setPermission] = useState(() =>
    'Notification' in globalThis ? Notification.permission : 'denied',
  );
  const wants = preferences.wantsNotifications;
  const isOn = wants.value === 'yes' && permission === 'granted';
  const toggle = async () => {
    if (isOn) {
      wants.value = 'no';
      return;
    }
    const answer = permission === 'default' ? await Notification.requestPermission() : permission;
    setPermission(answer);
    wants.value = answer === 'granted' ? 'yes' : 'no';
  };
  return (
    <Switch label={words.notifications} isOn={isOn} disabled={permission === 'denied'} onChange={toggle}>
      {permission === 'denied' ? words.notificationsDenied : undefined}
    </Switch>
  );
}

const WORDS = dictionary({
  en: {
    title: 'You',
    seeProfile: 'Your profile, as others see it',
    nickname: 'Nickname',
    nicknameHint: 'Letters from A to Z, digits and _ . @ + -',
    nicknameProblem: 'Only letters from A to Z, digits and _ . @ + - please, 50 at most.',
    picture: 'Picture',
    pictureHint: 'The address of a picture, https://…',
    pictureProblem: 'This is not the address of a picture: it begins with https://',
    save: 'Save',
    saved: 'Saved.',
    here: 'On this machine',
    theme: 'Colours',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    language: 'Language',
    languages: { system: 'As the browser', en: 'English', fr: 'Français' },
    notifications: 'Tell me of news while I look elsewhere',
    notificationsDenied: 'This browser does not allow it.',
    logOut: 'Log out',
  },
  fr: {
    title: 'Vous',
    seeProfile: 'Votre profil, vu par les autres',
    nickname: 'Pseudo',
    nicknameHint: 'Lettres de A à Z, chiffres et _ . @ + -',
    nicknameProblem: 'Seulement des lettres de A à Z, des chiffres et _ . @ + -, 50 au plus.',
    picture: 'Image',
    pictureHint: 'L’adresse d’une image, https://…',
    pictureProblem: 'Ce n’est pas l’adresse d’une image : elle commence par https://',
    save: 'Enregistrer',
    saved: 'Enregistré.',
    here: 'Sur cette machine',
    theme: 'Couleurs',
    themes: { system: 'Comme le système', light: 'Clair', dark: 'Sombre' },
    language: 'Langue',
    languages: { system: 'Comme le navigateur', en: 'English', fr: 'Français' },
    notifications: 'Me prévenir quand je regarde ailleurs',
    notificationsDenied: 'Ce navigateur ne le permet pas.',
    logOut: 'Se déconnecter',
  },
});
