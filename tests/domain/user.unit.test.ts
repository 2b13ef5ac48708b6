import { describe, expect, it } from 'vitest';
import {
  type ProfileUpdated,
  type RegisterUser,
  type UpdateProfile,
  type UserRegistered,
  userDecider,
} from '../../domain/user.ts';
import { specification } from '../support/decider-specification.ts';

const given = specification(userDecider);
const date = '2026-01-02T03:04:05.678Z';
const register: RegisterUser = { type: 'register_user', actor: 'Ann', date };
const annRegistered: UserRegistered = {
  type: 'UserRegistered',
  data: { username: 'Ann', nickname: 'Ann', avatar: '', date },
};

describe('registering', () => {
  it('keeps the case of the name, which is the first nickname too', () => {
    given().when(register).thenEvents(annRegistered);
  });

  it('is refused when someone has the name', () => {
    given(annRegistered).when(register).thenRefused('username_taken');
    given(annRegistered)
      .when({ ...register, actor: 'ANN' })
      .thenRefused('username_taken');
  });
});

describe('changing the profile', () => {
  const later = '2026-01-02T03:05:00.000Z';
  const update: UpdateProfile = { type: 'update_profile', actor: 'Ann', date: later };
  const profile = (nickname: string, avatar: string): ProfileUpdated => ({
    type: 'ProfileUpdated',
    data: { username: 'Ann', nickname, avatar, date: later },
  });

  it('stores the whole profile; what is not named stays as it is', () => {
    given(annRegistered)
      .when({ ...update, nickname: 'Bob' })
      .thenEvents(profile('Bob', ''));
    given(annRegistered, profile('Annie', '/old.png'))
      .when({ ...update, avatar: '/new.png' })
      .thenEvents(profile('Annie', '/new.png'));
    given(annRegistered)
      .when({ ...update, nickname: 'ANN', avatar: '/new.png' })
      .thenEvents(profile('ANN', '/new.png'));
  });

  it('rests on the last event alone', () => {
    given(profile('Annie', '/old.png'))
      .when({ ...update, avatar: '' })
      .thenEvents(profile('Annie', ''));
  });

  it.each([{}, { nickname: 'Annie' }, { avatar: '/a.png' }, { nickname: 'Annie', avatar: '/a.png' }])(
    'to what it is stores nothing: %j',
    (change) => {
      given(annRegistered, profile('Annie', '/a.png'))
        .when({ ...update, ...change })
        .thenNothing();
    },
  );

  it('is refused to nobody', () => {
    given()
      .when({ ...update, nickname: 'Bob' })
      .thenRefused('user_not_found');
    given().when(update).thenRefused('user_not_found');
  });

  it('does not free the name', () => {
    given(annRegistered, profile('Bob', '')).when(register).thenRefused('username_taken');
  });
});

it('a name belongs to the one who registered it first', () => {
  const later: UserRegistered = { ...annRegistered, data: { ...annRegistered.data, username: 'ANN' } };
  expect([annRegistered, later].reduce(userDecider.evolve, userDecider.initial)).toMatchObject({
    username: 'Ann',
  });
});
