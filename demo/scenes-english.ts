/**
 * Short talks in English; scenes.ts says how they are read. All of it was written for this demo.
 */
export const ENGLISH = `
A Anyone up for lunch?|What are we eating today?|I'm starving. Lunch?
B I could go for {dish}|The place by {spot} has {dish} today
C> We had that on {day}|Again? Fine, I love it|Count me in
A Downstairs at {clock}, then|{clock}, by the lift
B On my way|Perfect [👍]|See you there

A Who wants to go to {spot} on {day}?|Thinking of {spot} this {day}. Company?
B I'm in|Can't, I'm working {day} [😢]|What time?
A Meet at the station at {clock} => Meet at {spot} itself at {clock}
C Bring a coat, it will be windy|I can drive three people [🎉 ❤️]
B> You are the best
A @C write when you are there

A Finished "{book}" last night|Has anybody read "{book}"?
B No spoilers please!|What is it about?
A> A family that moves next to {spot}, and everything they don't say|Slow start, then I couldn't put it down [📚]
C Can I have it next?|Let's take it for the next evening [👍]
A I'll bring it on {day}

A My {thing} has stopped working|Does anybody know how to fix a {thing}?
B Have you turned it off and on again?|Is it charged?
A> Twice|All night long
C @A I'm free on {day}, I'll have a look|Send a picture
A Thank you! I owe you a {drink} [☕]
C Deal [😂]

A Good morning!|Morning all|Morning!
B Morning [☀️]|Good morning, it's freezing|You're early today
A Any news about the {thing}?|Did you sort out yesterday's problem?
B> Yes, at {clock}, finally|Not yet, I'm on it

A Reminder: we meet on {day} at {clock}|The meeting has moved to {clock} on {day}
B Which room?|Here or online?
A> The small one on the third floor => The big one on the fourth floor|Online, I'll send the link
C Noted [👌]|I'll be ten minutes late
A @B could you prepare the numbers for the {thing}?
B Already on it

A The tests are red again|Something is slow since this morning
B Which ones?|Since when exactly?
A> Since the change of {clock}|Only the ones that touch the {thing}
C I can reproduce it [🔍]|It's my change, sorry. Reverting
B No harm done, that's what tests are for [❤️]
A Green again. Thanks, @C [🎉]

A Has anyone had a cat that stopped eating?|My cat ignores me since {day}
B New food?|Did you see a vet?
A> The vet says she is just picky [🐱 ❤️]|Yes, I changed it on {day}
B Mix the old and the new for a week
A Thanks, will try

A Going to {city} next month. Tips?|What should I eat in {city}?
B Walk through the old town early, before the crowds
C> And have the {dish} where the queue is [😋]
A Where should I stay?
B Close to {spot}, everything is in walking distance
A Noted. I'll bring you some {drink} [🎁]

A Please welcome our newest member [👏 🎉]
B Welcome!|Welcome aboard, @C
C Thanks everybody, happy to be here [😊]
A Ask anything, and for the {thing} ask @B
B> Any time

A Who has the pictures from {spot}?|Could somebody share the pictures of {day}?
B I'll sort them tonight|They're on my {thing}, I'll upload them later [📷]
A No hurry
C Don't forget the group picture!

A First try at {dish}, and it worked [🥳]|Learning to make {dish}
B Recipe please!|How did you do it?
A> Twenty minutes on a low flame => Thirty minutes on a low flame
B I'll try on {day}
C Pictures even if it goes wrong [😂]

A Thanks for yesterday, @B
B Any time|It was nothing [🙏]
A The next {drink} is on me

A Does anyone run in the mornings?|Who joins me for a run on {day}?
B How far?|How early are we talking?
A> Five kilometres, slowly => Four kilometres, slowly|{clock}, by {spot}
C I'm in if there is {drink} afterwards [🏃]
A There always is
`;
